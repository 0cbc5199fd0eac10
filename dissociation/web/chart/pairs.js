// Small tables of numbers as pictures: what each measure says of every pair of families.

import { PHONE, plotlyLayout, suffix } from "./layout.js";
import { literal, uid } from "./texts.js";

/**
 * @import { Drawing, Figure, Height, Layout, Trace, Traces, Value } from "./types"
 * @typedef {Trace & { names: string[], mean: Value[][], words: string[][], ranges: string[][] }} Pairs
 */

const PAIRS_GAP = 0.06; // between two tables, as a share of the width

/** @param {number} width */
const pairsColumns = (width) => (width < PHONE ? 1 : 2);

/** @param {Figure} figure */
const pairsTitle = (figure) => Math.round(figure.scale * 52);

/** @type {Height} */
export function pairsHeight(figure, width) {
  const rows = Math.ceil(figure.traces.length / pairsColumns(width));
  const height = Math.round(rows * (figure.scale * 190 + pairsTitle(figure)) + 8);
  return Math.min(height, figure.space || height);
}

/** @type {Drawing<Pairs>} */
export function pairsDrawing(figure, snapshot, colors, width) {
  return JSON.stringify([figure, snapshot.traces, colors, width]);
}

/** @type {Traces<Pairs>} */
export function pairsTraces(figure, snapshot) {
  const byKey = new Map(snapshot.traces.map((trace) => [trace.key, trace]));
  return figure.traces.flatMap(({ key }, number) => {
    const trace = byKey.get(key);
    if (!trace) return [];
    const own = suffix(number);
    return [
      {
        uid: uid("pairs", key),
        type: "heatmap",
        x: trace.names,
        y: trace.names,
        z: trace.mean,
        text: trace.words,
        texttemplate: "%{text}",
        textfont: { size: 14 * figure.scale },
        customdata: trace.ranges,
        xaxis: `x${own}`,
        yaxis: `y${own}`,
        colorscale: "Cividis",
        zmin: 0,
        zmax: 1,
        xgap: 2,
        ygap: 2,
        showscale: false,
        hovertemplate: "%{y} to %{x}: mean %{text}<br>%{customdata}<extra></extra>",
      },
    ];
  });
}

/** @type {Layout<Pairs>} */
export function pairsLayout(figure, snapshot, colors, width) {
  const layout = plotlyLayout(figure, snapshot, colors, width);
  delete layout.xaxis;
  delete layout.yaxis;
  const columns = pairsColumns(width);
  const rows = Math.ceil(figure.traces.length / columns);
  const height = pairsHeight(figure, width);
  const size = figure.scale * (width < PHONE ? 12 : 14);
  layout.height = height;
  layout.hovermode = "closest";
  layout.margin = { l: 62 * figure.scale, r: 36, t: 0, b: 0 };
  layout.annotations = [];
  const cell = (1 - PAIRS_GAP * 2 * (columns - 1)) / columns;
  figure.traces.forEach((style, number) => {
    const [column, row] = [number % columns, Math.floor(number / columns)];
    const begin = column * (cell + PAIRS_GAP * 2);
    const top = row / rows + pairsTitle(figure) / height;
    const domain = { x: [begin, begin + cell], y: [1 - (row + 1) / rows + 0.01, 1 - top] };
    const own = suffix(number);
    const shared = {
      color: colors.text, tickfont: { size }, showgrid: false, zeroline: false, ticks: "", type: "category",
    };
    layout[`xaxis${own}`] = { ...shared, domain: domain.x, anchor: `y${own}`, side: "top" };
    layout[`yaxis${own}`] = { ...shared, domain: domain.y, anchor: `x${own}`, autorange: "reversed" };
    layout.annotations.push({
      text: `<b>${literal(style.name)}</b>`,
      xref: "paper", yref: "paper", x: domain.x[0], y: 1 - row / rows, xanchor: "left", yanchor: "top",
      yshift: -4, showarrow: false, font: { size, color: colors.text },
    });
  });
  return layout;
}
