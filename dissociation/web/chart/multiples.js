// Small multiples: one panel a condition, each beside the reference, all over the same axes.

import { PHONE, plotlyAxis, plotlyLayout, suffix } from "./layout.js";
import { bandTrace, hoverTexts, lineTrace } from "./lines.js";
import { measured } from "./snapshot.js";
import { literal, uid } from "./texts.js";

/** @import { Curve, Figure, Height, Layout, Plot, Traces } from "./types" */

const PANEL = 200; // pixels of height

/** @param {number} width */
function columnsOf(width) {
  return width >= 900 ? 3 : 2;
}

/**
 * The conditions that have a panel: all but the reference, which is in each.
 *
 * @param {Figure} figure
 */
const panelsOf = (figure) => figure.traces.slice(1);

/** @param {Figure} figure @param {number} width */
const rowsOf = (figure, width) => Math.max(1, Math.ceil(panelsOf(figure).length / columnsOf(width)));

/** @type {Height} */
export function multiplesHeight(figure, width) {
  if (figure.space) return figure.space;
  return Math.round(rowsOf(figure, width) * PANEL * Math.sqrt(figure.scale)) + 90;
}

/** @type {Traces} */
export function multiplesTraces(figure, snapshot, compact) {
  const reference = figure.traces[0];
  const byKey = new Map(measured(figure, snapshot).map((trace) => [trace.key, trace]));
  /** @type {Curve} */
  const empty = { key: "", x: [], y: [], low: [], high: [], detail: "" };
  return panelsOf(figure).flatMap((style, panel) =>
    [reference, style].flatMap((look) => {
      const trace = byKey.get(look.key) ?? empty;
      const texts = hoverTexts(trace, look, figure, true, false);
      const where = {
        xaxis: `x${suffix(panel)}`,
        yaxis: `y${suffix(panel)}`,
        legendgroup: look === reference ? "reference" : "swept",
      };
      const name = look === reference ? reference.name : figure.swept;
      const line = lineTrace(trace, look, figure, texts, compact);
      line.marker.size *= 0.6;
      return [
        { ...bandTrace(trace, look, figure), ...where, uid: uid(`band${panel}`, look.key) },
        { ...line, ...where, name: literal(name), uid: uid(`line${panel}`, look.key), showlegend: panel === 0 },
      ];
    }),
  );
}

/**
 * Where a panel stands, as shares of the plot; the gap above each is for its title.
 *
 * @param {Figure} figure
 * @param {number} width
 * @param {number} panel
 */
function domains(figure, width, panel) {
  const columns = columnsOf(width);
  const rows = rowsOf(figure, width);
  const [column, row] = [panel % columns, Math.floor(panel / columns)];
  const [across, down] = [width < PHONE ? 0.09 : 0.05, (28 * figure.scale) / multiplesHeight(figure, width)];
  const cell = (1 - across * (columns - 1)) / columns;
  const tall = (1 - down * rows) / rows;
  const left = column * (cell + across);
  const bottom = 1 - (row + 1) * (tall + down);
  return { x: [left, left + cell], y: [bottom, bottom + tall], column, row };
}

/** @type {Layout} */
export function multiplesLayout(figure, _snapshot, colors, width) {
  const compact = width < PHONE;
  const layout = plotlyLayout(figure, colors, width);
  const panels = panelsOf(figure);
  const columns = columnsOf(width);
  layout.height = multiplesHeight(figure, width);
  layout.hovermode = "closest";
  layout.legend.y = 1.02;
  layout.annotations = [];
  const titles = { x: layout.xaxis.title, y: layout.yaxis.title };
  const crowded = compact || figure.scale > 1;
  panels.forEach((style, panel) => {
    const { x, y, column } = domains(figure, width, panel);
    const lowest = panel + columns >= panels.length;
    /**
     * @type {(name: "x" | "y", domain: number[], anchor: string, ticks: boolean, title: boolean) => Plot}
     */
    const make = (name, domain, anchor, ticks, title) => ({
      ...plotlyAxis(figure[name], colors, true),
      domain,
      anchor,
      showticklabels: ticks,
      title: title ? { ...titles[name], standoff: 6 } : undefined,
      nticks: crowded ? 3 : figure[name].log ? 4 : 5,
      tickangle: 0,
      ...(panel === 0 ? {} : { matches: name }),
    });
    const [px, py] = [`xaxis${suffix(panel)}`, `yaxis${suffix(panel)}`];
    layout[px] = make("x", x, `y${suffix(panel)}`, lowest, false);
    layout[py] = make("y", y, `x${suffix(panel)}`, column === 0, column === 0 && panel === 0);
    layout.annotations.push({
      text: `<b>${literal(style.label || style.name)}</b>`,
      xref: "paper",
      yref: "paper",
      x: x[0],
      y: y[1],
      xanchor: "left",
      yanchor: "bottom",
      showarrow: false,
      font: { size: figure.scale * (compact ? 12 : 14), color: colors.text },
    });
  });
  // One title for all: an axis of one panel is too short for it.
  layout.annotations.push({
    text: titles.x.text,
    xref: "paper",
    yref: "paper",
    x: 0.5,
    y: 0,
    yshift: -28 * figure.scale,
    xanchor: "center",
    yanchor: "top",
    showarrow: false,
    font: { size: layout.font.size * 1.15, color: colors.text },
  });
  layout.margin.b = 60 * figure.scale;
  return layout;
}
