// A phantom: what was asked for, both networks, and below them what noise leaves of the picture.

import { rowsOfBytes } from "./bitmap.js";
import { digitTicks } from "./digits.js";
import { PHONE, plotlyLayout, suffix } from "./layout.js";
import { literal, uid } from "./texts.js";

/**
 * @import { Drawing, Figure, Height, Layout, Matrix, Style, Trace, Traces } from "./types"
 * @typedef {Matrix & { low: number, high: number }} Grey what the bytes 0 and 255 stand for
 * @typedef {Trace & { picture: Grey, words: string, title: string }} Picture
 */

const PHANTOM_GAP = 0.03; // between two panels, as a share of the width
const PHANTOM_LEFT = 24; // for the digits beside the first panel
const PHANTOM_TOP = 8;
const PHANTOM_RIGHT = 36; // for the bar of tools

/**
 * Rows of traces, as many side by side as there is room for.
 *
 * @param {Figure} figure
 * @param {number} width
 */
function phantomRows(figure, width) {
  const large = figure.traces.filter(({ group }) => group !== "frame");
  const frames = figure.traces.filter(({ group }) => group === "frame");
  const across = width < PHONE ? 3 : 6;
  /** @type {Style[][]} */
  const rows = [large];
  for (let i = 0; i < frames.length; i += across) rows.push(frames.slice(i, i + across));
  return { rows, columns: rows.map((_, row) => (row === 0 ? large.length : across)) };
}

/** Pixels of height. @param {Figure} figure @param {number} row @param {number} width */
const phantomTitle = (figure, row, width) =>
  Math.round(figure.scale * (width < PHONE ? 12 : 14) * (row === 0 ? 1.8 : 4.2));

/**
 * Pixels from left to right that the panels take: all there are, if the squares are not too high.
 *
 * @param {Figure} figure
 * @param {number} width
 */
function phantomAcross(figure, width) {
  const { rows, columns } = phantomRows(figure, width);
  const all = Math.max(width, 280) - PHANTOM_LEFT - PHANTOM_RIGHT;
  if (!figure.space) return all;
  const titles = rows.reduce((sum, _, row) => sum + phantomTitle(figure, row, width) + 6, 0);
  const sides = columns.reduce((sum, count) => sum + (1 - PHANTOM_GAP * (count - 1)) / count, 0);
  return Math.min(all, Math.max(200, (figure.space - titles - PHANTOM_TOP - 8) / sides));
}

/**
 * Pixels from the top: of each row's title, and the side of its square panels.
 *
 * @param {Figure} figure
 * @param {number} width
 */
function phantomPlaces(figure, width) {
  const { rows, columns } = phantomRows(figure, width);
  const inner = phantomAcross(figure, width);
  let top = PHANTOM_TOP;
  return rows.map((_, row) => {
    const side = (inner * (1 - PHANTOM_GAP * (columns[row] - 1))) / columns[row];
    const title = phantomTitle(figure, row, width);
    const place = { top: top + title, side };
    top += title + side + 6;
    return place;
  });
}

/** @type {Height} */
export function phantomHeight(figure, width) {
  const places = phantomPlaces(figure, width);
  const { top, side } = places[places.length - 1];
  return Math.ceil(top + side + 8);
}

/** @param {Figure} figure @param {number} width */
function phantomPanels(figure, width) {
  const { rows, columns } = phantomRows(figure, width);
  const places = phantomPlaces(figure, width);
  const height = phantomHeight(figure, width);
  const taken = phantomAcross(figure, width) / (Math.max(width, 280) - PHANTOM_LEFT - PHANTOM_RIGHT);
  return rows.flatMap((styles, row) =>
    styles.map((style, column) => {
      const share = (1 - PHANTOM_GAP * (columns[row] - 1)) / columns[row];
      const left = column * (share + PHANTOM_GAP);
      const { top, side } = places[row];
      return {
        style, row, column,
        x: [taken * left, taken * (left + share)],
        y: [Math.max(0, 1 - (top + side) / height), 1 - top / height],
      };
    }),
  );
}

/** @type {Drawing<Picture>} */
export function phantomDrawing(figure, snapshot, colors, width) {
  const pictures = snapshot.traces.map(({ key, picture, title }) => [key, picture?.bytes, title]);
  return JSON.stringify([figure, pictures, colors, width]);
}

/** @type {Traces<Picture>} */
export function phantomTraces(figure, snapshot, compact) {
  const byKey = new Map(snapshot.traces.map((trace) => [trace.key, trace]));
  return phantomPanels(figure, compact ? 0 : PHONE).flatMap(({ style }, number) => {
    const trace = byKey.get(style.key);
    if (!trace) return [];
    const { low, high } = trace.picture;
    const own = suffix(number);
    return [
      {
        uid: uid("phantom", style.key),
        type: "heatmap",
        z: rowsOfBytes(trace.picture, high - low).map((row) => row.map((v) => v + low)),
        xaxis: `x${own}`,
        yaxis: `y${own}`,
        colorscale: "Cividis",
        zmin: low,
        zmax: high,
        showscale: false,
        hovertemplate: `${literal(trace.words)}<br>%{z:.3g}<extra></extra>`,
      },
    ];
  });
}

/** @type {Layout<Picture>} */
export function phantomLayout(figure, snapshot, colors, width) {
  const compact = width < PHONE;
  const byKey = new Map(snapshot.traces.map((trace) => [trace.key, trace]));
  const layout = plotlyLayout(figure, colors, width);
  delete layout.xaxis;
  delete layout.yaxis;
  const size = figure.scale * (compact ? 11 : 13);
  layout.height = phantomHeight(figure, width);
  layout.hovermode = "closest";
  layout.margin = { l: PHANTOM_LEFT, r: PHANTOM_RIGHT, t: 0, b: 0 };
  layout.annotations = [];
  phantomPanels(figure, width).forEach(({ style, row, column, x, y }, number) => {
    const trace = byKey.get(style.key);
    const own = suffix(number);
    const hidden = { showgrid: false, zeroline: false, showticklabels: false, ticks: "" };
    // Images are sorted by digit; the picture that was asked for has none.
    const byDigit = row === 0 && column === 1 && trace !== undefined;
    layout[`xaxis${own}`] = { ...hidden, domain: x, anchor: `y${own}` };
    layout[`yaxis${own}`] = {
      ...hidden,
      ...(byDigit ? { ...digitTicks(trace.picture.shape[0]), showticklabels: !compact } : {}),
      color: colors.quiet,
      tickfont: { size: size * 0.85 },
      domain: y,
      anchor: `x${own}`,
      autorange: "reversed",
    };
    const title = row === 0 ? `<b>${literal(style.name)}</b>` : literal(trace?.title ?? "");
    layout.annotations.push({
      text: title.replace(/\n/g, "<br>"),
      xref: "paper", yref: "paper", x: x[0], y: y[1], xanchor: "left", yanchor: "bottom",
      showarrow: false, align: "left", font: { size, color: colors.text },
    });
  });
  return layout;
}
