// Closed forms as lines, and what was drawn beside them as points with error bars.

import { plotlyLayout, unifiedTitle } from "./layout.js";
import { lineTrace } from "./lines.js";
import { number } from "./numbers.js";
import { measured } from "./snapshot.js";
import { literal } from "./texts.js";

/** @import { Curve, Layout, Traces, Value } from "./types" */

/** @type {Traces} */
export function exactTraces(figure, snapshot, compact) {
  const byKey = new Map(measured(figure, snapshot).map((trace) => [trace.key, trace]));
  /** @type {Curve} */
  const empty = { key: "", x: [], y: [], low: [], high: [], detail: "" };
  const sampled = figure.traces.some(({ group }) => group === "drawn");
  return figure.traces.map((style) => {
    const trace = byKey.get(style.key) ?? empty;
    const drawn = style.group === "drawn";
    /** @param {Value} value */
    const show = (value) => number(value, figure.y);
    /** @param {number} i */
    const said = (i) => (drawn ? ` (${show(trace.low[i])} to ${show(trace.high[i])})` : "");
    const texts = trace.y.map((value, i) => {
      const at = compact ? ` at ${number(trace.x[i], figure.x)}` : "";
      const further = trace.words ? `  ${literal(trace.words[i])}` : "";
      return `${literal(style.name)}${at}  <b>${show(value)}</b>${said(i)}${further}`;
    });
    const line = lineTrace(trace, style, figure, texts, compact);
    if (!drawn) {
      // Without points of their own, lines of one place are told apart by symbols, too.
      const mode = sampled ? "lines" : "lines+markers";
      return { ...line, mode, marker: { ...line.marker, maxdisplayed: 8 } };
    }
    return {
      ...line,
      mode: "markers",
      showlegend: false,
      legendgroup: style.label,
      error_y: {
        type: "data",
        symmetric: false,
        array: trace.y.map((y, i) => Number(trace.high[i]) - Number(y)),
        arrayminus: trace.y.map((y, i) => Number(y) - Number(trace.low[i])),
        color: style.color,
        thickness: 1.5 * figure.scale,
        width: 4 * figure.scale,
      },
    };
  });
}

/** @type {Layout} */
export function exactLayout(figure, snapshot, colors, width, further) {
  const layout = plotlyLayout(figure, snapshot, colors, width, further);
  layout.xaxis.unifiedhovertitle = { text: unifiedTitle(figure.x, "") };
  return layout;
}
