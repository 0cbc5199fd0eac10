// Curves with their bands over one pair of axes.

import { translucent } from "./colors.js";
import { number } from "./numbers.js";
import { drawable, measured, sharedDetail } from "./snapshot.js";
import { literal, uid } from "./texts.js";
import { theoryTraces } from "./theory.js";

/** @import { Curve, Figure, Plot, Style, Traces, Value } from "./types" */

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

/**
 * A logarithmic axis has no place for 0, but "no errors at all" is a result: an open triangle at
 * the foot of the axis stands for it and answers to hover like any other point.
 *
 * @param {Curve} trace
 * @param {Style} style
 * @param {Figure} figure
 * @param {string[]} texts
 */
function zeroTrace(trace, style, figure, texts) {
  const zeros = figure.y.log ? [...trace.y.keys()].filter((i) => trace.y[i] === 0) : [];
  return {
    x: zeros.map((i) => trace.x[i]),
    y: zeros.map(() => figure.y.low),
    uid: uid("zero", style.key),
    type: "scatter",
    mode: "markers",
    cliponaxis: false,
    marker: { symbol: "triangle-down-open", size: 9, color: style.color },
    hovertext: zeros.map((i) => texts[i]),
    hovertemplate: "%{hovertext}<extra></extra>",
    showlegend: false,
    legendgroup: style.key,
  };
}

/** @type {Traces} */
export function plotlyTraces(figure, snapshot, compact) {
  /** @type {Curve} */
  const empty = { key: "", x: [], y: [], low: [], high: [], detail: "" };
  const traces = measured(figure, snapshot);
  const byKey = new Map(traces.map((trace) => [trace.key, trace]));
  const inTitle = !compact && sharedDetail(traces) !== "";
  /** @type {Plot[]} */
  const bands = [];
  /** @type {Plot[]} */
  const lines = [];
  for (const style of figure.traces) {
    const trace = byKey.get(style.key) ?? empty;
    const texts = hoverTexts(trace, style, figure, compact, inTitle);
    bands.push(bandTrace(trace, style, figure));
    lines.push(zeroTrace(trace, style, figure, texts));
    lines.push(lineTrace(trace, style, figure, texts, compact));
  }
  return [...bands, ...theoryTraces(figure, snapshot, compact), ...lines];
}
