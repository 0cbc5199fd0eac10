// Curves with their bands over one pair of axes.

import { translucent } from "./colors.js";
import { number } from "./numbers.js";
import { drawable } from "./snapshot.js";
import { literal, uid } from "./texts.js";

/** @import { Curve, Figure, Plot, Style, Value } from "./types" */

/**
 * What each point says. `inTitle`: the detail stands in the title of all.
 *
 * @param {Curve} trace
 * @param {Style} style
 * @param {Figure} figure
 * @param {boolean} compact
 * @param {boolean} inTitle
 */
export function hoverTexts(trace, style, figure, compact, inTitle) {
  const detail = inTitle ? "" : trace.detail;
  return trace.x.map((x, i) => {
    const band = `${number(trace.low[i], figure.y)}–${number(trace.high[i], figure.y)}`;
    const value = `<b>${number(trace.y[i], figure.y)}</b> (${band})`;
    const lines = compact
      ? [`<b>${literal(style.name)}</b> at ${number(x, figure.x)}`, value, literal(detail)]
      : [`${literal(style.name)}  ${value}`, literal(detail)];
    return lines.filter(Boolean).join(compact ? "<br>" : "  ");
  });
}

/**
 * The indices of the points that have a band, in runs without a gap.
 *
 * @param {Curve} trace
 * @param {Figure} figure
 */
function bandRuns(trace, figure) {
  /** @type {number[][]} */
  const runs = [[]];
  trace.x.forEach((x, i) => {
    const top = drawable(x, figure.x) && drawable(trace.high[i], figure.y);
    if (top && Number.isFinite(trace.low[i])) runs[runs.length - 1].push(i);
    else runs.push([]);
  });
  return runs.filter((run) => run.length);
}

/** One closed polygon a run; a null parts them. @param {Curve} trace @param {Figure} figure */
function bandOutline(trace, figure) {
  /** @param {Value} value */
  const clip = (value) => (figure.y.log ? Math.max(Number(value), figure.y.low) : value);
  /** @type {Value[]} */
  const x = [];
  /** @type {Value[]} */
  const y = [];
  for (const run of bandRuns(trace, figure)) {
    const back = [...run].reverse();
    x.push(...[...run, ...back].map((i) => trace.x[i]), null);
    y.push(...run.map((i) => clip(trace.high[i])), ...back.map((i) => clip(trace.low[i])), null);
  }
  return { x, y };
}

/** @param {Curve} trace @param {Style} style @param {Figure} figure @returns {Plot} */
export function bandTrace(trace, style, figure) {
  return {
    ...bandOutline(trace, figure),
    uid: uid("band", style.key),
    type: "scatter",
    mode: "lines",
    fill: "toself",
    fillcolor: translucent(style.color, 0.22),
    line: { width: 0 },
    hoverinfo: "skip",
    showlegend: false,
    legendgroup: style.key,
  };
}

/**
 * @param {Curve} trace
 * @param {Style} style
 * @param {Figure} figure
 * @param {string[]} texts
 * @param {boolean} compact
 * @returns {Plot}
 */
export function lineTrace(trace, style, figure, texts, compact) {
  /** @param {number} size */
  const scaled = (size) => size * figure.scale;
  return {
    // Without any point yet, one empty point keeps the legend complete and its size constant.
    x: trace.x.length ? trace.x : [null],
    y: trace.x.length ? trace.y.map((v) => (drawable(v, figure.y) ? v : null)) : [null],
    uid: uid("line", style.key),
    type: "scatter",
    mode: "lines+markers",
    name: literal(style.name),
    line: { color: style.color, dash: style.dash, width: scaled(compact ? 2 : 2.5) },
    marker: { symbol: style.symbol, size: scaled(compact ? 5 : 7), color: style.color },
    hovertext: texts,
    hovertemplate: "%{hovertext}<extra></extra>",
    legendgroup: style.key,
  };
}
