// What theory predicts: a thin dotted line under the measured one, there before it is.

import { number } from "./numbers.js";
import { drawable, measured } from "./snapshot.js";
import { literal, uid } from "./texts.js";

/** @import { Curve, Figure, Plot, Style, View } from "./types" */

/**
 * @typedef {NonNullable<Curve["theory"]>} Line
 *
 * @param {Figure} figure
 * @param {View} snapshot
 * @returns {[Style, Line][]}
 */
const predictions = (figure, snapshot) => {
  const byKey = new Map(snapshot.traces.map((trace) => [trace.key, trace.theory]));
  return figure.traces.flatMap((style) => {
    const line = byKey.get(style.key);
    return line ? [/** @type {[Style, Line]} */ ([style, line])] : [];
  });
};

/**
 * Whether there is a curve to see, measured or predicted.
 *
 * @param {{ figure: Figure, snapshot: View }} shown
 */
export function hasCurve({ figure, snapshot }) {
  if (snapshot.layout) return !snapshot.blank;
  if (measured(figure, snapshot).length > 0) return true;
  return figure.theory !== "" && predictions(figure, snapshot).length > 0;
}

/**
 * @param {Style} style
 * @param {Line} line
 * @param {Figure} figure
 * @param {boolean} compact
 * @returns {Plot}
 */
function theoryTrace(style, line, figure, compact) {
  const texts = line.y.map((y, i) => {
    const value = `<b>${number(y, figure.y)}</b>`;
    const words = `${literal(style.name)}, theory`;
    return compact
      ? `<b>${words}</b> at ${number(line.x[i], figure.x)}<br>${value}<br>${literal(line.detail)}`
      : `${words}  ${value}  ${literal(line.detail)}`;
  });
  return {
    x: line.x,
    y: line.y.map((v) => (drawable(v, figure.y) ? v : null)),
    uid: uid("theory", style.key),
    type: "scatter",
    mode: "lines",
    line: { color: style.color, dash: "2px,3px", width: 1.6 * figure.scale },
    hovertext: texts,
    hovertemplate: "%{hovertext}<extra></extra>",
    showlegend: false,
    legendgroup: style.key,
  };
}

/**
 * The lines, and one entry of the legend that says what dotted means; pressed, it hides nothing.
 *
 * @param {Figure} figure
 * @param {View} snapshot
 * @param {boolean} compact
 * @returns {Plot[]}
 */
export function theoryTraces(figure, snapshot, compact) {
  if (!figure.theory) return [];
  const lines = predictions(figure, snapshot);
  const width = 1.6 * figure.scale;
  const meaning = {
    x: [null],
    y: [null],
    uid: "theory-meaning",
    type: "scatter",
    mode: "lines",
    name: literal(figure.theory),
    line: { color: "#7f7f7f", dash: "2px,3px", width },
    legendgroup: "theory",
    hoverinfo: "skip",
  };
  return [...lines.map(([style, line]) => theoryTrace(style, line, figure, compact)), meaning];
}
