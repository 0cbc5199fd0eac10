// A heat map of the error, strength by noise scale, with the line at which σ50 lies.

import { PHONE, plotlyAxis, plotlyLayout } from "./layout.js";
import { number } from "./numbers.js";
import { measured } from "./snapshot.js";
import { literal } from "./texts.js";

/** @import { Curve, Figure, Height, Layout, Plot, Style, Traces, Value } from "./types" */

const ROW = 44; // pixels of height
/** @type {Curve} */
const EMPTY = { key: "", x: [], y: [], low: [], high: [], detail: "" };

/** @type {Height} */
export function heatmapHeight(figure) {
  const rows = figure.traces.length - 1;
  const height = Math.round(rows * ROW * Math.sqrt(figure.scale)) + 130;
  return Math.min(height, figure.space || height);
}

/**
 * Bounds of the cells around these positions, half way on the axis.
 *
 * @param {number[]} x
 * @param {boolean} log
 */
function bounds(x, log) {
  const along = x.map((value) => (log ? Math.log(value) : value));
  /** @param {number} t */
  const back = (t) => (log ? Math.exp(t) : t);
  if (along.length < 2) return x;
  const inner = along.slice(1).map((value, i) => (value + along[i]) / 2);
  const [first, last] = [along[0], along[along.length - 1]];
  return [first - (inner[0] - first), ...inner, last + (last - inner[inner.length - 1])].map(back);
}

/** @type {Traces} */
export function heatmapTraces(figure, snapshot, compact) {
  const rows = figure.traces.slice(1);
  const byKey = new Map(measured(figure, snapshot).map((trace) => [trace.key, trace]));
  const traces = rows.map((style) => byKey.get(style.key) ?? EMPTY);
  const x = [...new Set(traces.flatMap((trace) => trace.x))].sort((a, b) => a - b);
  const at = traces.map((trace) => new Map(trace.x.map((place, i) => [place, trace.y[i]])));
  /** @param {Value | undefined} error */
  const shown = (error) => {
    if (error === null || error === undefined) return null;
    return figure.y.log ? Math.log10(Math.max(error, figure.y.low)) : error;
  };
  const ticks = figure.y.log ? [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1] : [0, 0.2, 0.4, 0.6, 0.8, 1];
  const map = {
    uid: "heatmap",
    type: "heatmap",
    x: x.length ? bounds(x, figure.x.log) : [null],
    y: rows.map((_, row) => row),
    z: x.length ? at.map((errors) => x.map((place) => shown(errors.get(place)))) : [[null]],
    text: at.map((errors, row) =>
      x.map(
        (place) =>
          `<b>${literal(rows[row].label || rows[row].name)}</b> at ${number(place, figure.x)}<br>` +
          `error <b>${number(errors.get(place), figure.y)}</b>`,
      ),
    ),
    hovertemplate: "%{text}<extra></extra>",
    hoverongaps: false,
    zmin: shown(figure.y.log ? figure.y.low : 0),
    zmax: shown(1),
    // Of even lightness steps and safe for red-green-blind eyes.
    colorscale: "Cividis",
    ygap: 2,
    colorbar: {
      title: { text: literal(figure.y.title), side: "right" },
      xpad: compact ? 10 : 22, // its title ends before the bar of tools
      tickvals: ticks.map(shown),
      ticktext: ticks.map((tick) => number(tick, figure.y)),
      thickness: compact ? 10 : 16,
      outlinewidth: 0,
    },
  };
  return [map, halfWayTrace(figure, rows, traces, compact)];
}

/**
 * @param {Figure} figure
 * @param {Style[]} rows
 * @param {Curve[]} traces
 * @param {boolean} compact
 * @returns {Plot}
 */
function halfWayTrace(figure, rows, traces, compact) {
  const found = traces.map((trace) => trace.half_way ?? null);
  return {
    uid: "half-way",
    type: "scatter",
    mode: "lines+markers",
    x: found,
    y: rows.map((_, row) => row),
    name: "σ50: error half way from clean to chance",
    line: { color: "#ffffff", width: 3 * figure.scale },
    marker: {
      color: "#ffffff",
      size: (compact ? 8 : 11) * figure.scale,
      line: { color: "#000000", width: 2 },
    },
    hovertemplate: "σ50 = %{x:.3g}<extra></extra>",
    showlegend: false,
  };
}

/** @type {Layout} */
export function heatmapLayout(figure, snapshot, colors, width) {
  const layout = plotlyLayout(figure, snapshot, colors, width);
  const rows = figure.traces.slice(1);
  layout.height = heatmapHeight(figure, width);
  layout.hovermode = "closest";
  layout.yaxis = {
    ...plotlyAxis({ ...figure.y, log: false, percent: false }, colors, width < PHONE),
    range: [-0.5, rows.length - 0.5],
    title: { text: literal(figure.rows), standoff: 8 },
    tickvals: rows.map((_, row) => row),
    ticktext: rows.map((style) => literal(style.label || style.name)),
    showgrid: false,
    nticks: 0,
  };
  layout.xaxis.showspikes = false;
  layout.xaxis.showgrid = false;
  return layout;
}
