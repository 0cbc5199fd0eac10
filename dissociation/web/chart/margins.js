// The noise of the logits against the margins: what falls below 0 is error.

import { rowsOfBytes } from "./bitmap.js";
import { translucent } from "./colors.js";
import { PHONE, plotlyLayout } from "./layout.js";
import { number, percent } from "./numbers.js";
import { traceOf } from "./snapshot.js";
import { literal, uid } from "./texts.js";

/**
 * @import { Figure, Layout, Matrix, Plot, Style, Trace, Traces, Value } from "./types"
 * @import { Write } from "./numbers.js"
 *
 * @typedef {Matrix & { peaks: number[] }} Bars a histogram a noise scale, each of its own peak
 *
 * @typedef {object} Histograms
 * @property {number} limit
 * @property {number[]} width
 * @property {number[]} clean
 * @property {Bars} predicted
 * @property {Bars} measured
 * @property {number[]} overlap
 *
 * @typedef {Trace & Histograms} Margins
 */

/** The place of the noise scale that is looked at. @param {Figure} figure @param {Margins} trace */
function scaleAt(figure, trace) {
  const far = trace.x.map((sigma) => Math.abs(Math.log(sigma / Number(figure.focus))));
  return far.indexOf(Math.min(...far));
}

/**
 * Middles of the inner bins of a histogram; the outermost hold all that lies beyond.
 *
 * @param {Margins} trace
 */
function marginBins(trace) {
  const count = trace.clean.length;
  const size = (2 * trace.limit) / count;
  return Array.from({ length: count - 2 }, (_, i) => -trace.limit + size * (i + 1.5));
}

/** @param {Bars} bars @param {number} place */
const sharesAt = (bars, place) =>
  rowsOfBytes(bars, 1)[place].map((share) => share * bars.peaks[place]);

/** @type {Traces<Margins>} */
export function marginsTraces(figure, snapshot) {
  const trace = traceOf(snapshot, "margins");
  const [clean, noise, predicted, measured] = figure.traces;
  const place = trace ? scaleAt(figure, trace) : 0;
  const bins = trace ? marginBins(trace) : [];
  const size = trace ? (2 * trace.limit) / trace.clean.length : 1;
  const spread = trace ? trace.width[place] : 1;
  const known = trace && trace.y[place] !== null;
  const density = bins.map(
    (m) => (size * Math.exp(-0.5 * (m / spread) ** 2)) / (spread * Math.sqrt(2 * Math.PI)),
  );
  /** @type {(style: Style, y: number[], more?: Plot) => Plot} */
  const curve = (style, y, more = {}) => ({
    uid: uid("margin", style.key),
    type: "scatter",
    mode: "lines",
    name: literal(style.name),
    x: y.length ? bins : [null],
    y: y.length ? y : [null],
    line: { color: style.color, dash: style.dash, width: 2.5 * figure.scale, shape: "spline" },
    hovertemplate: `${literal(style.name)}: %{y:.3~p} at margin %{x:.3~g}<extra></extra>`,
    ...more,
  });
  const expected = trace ? sharesAt(trace.predicted, place) : [];
  const below = bins.flatMap((m, i) => (m <= 0 ? [i] : []));
  return [
    {
      uid: "margin-clean",
      type: "bar",
      name: literal(clean.name),
      x: bins.length ? bins : [null],
      y: trace ? trace.clean.slice(1, -1) : [null],
      marker: { color: translucent(clean.color, 0.45) },
      hovertemplate: `${literal(clean.name)}: %{y:.3~p} at margin %{x:.3~g}<extra></extra>`,
    },
    {
      ...curve(predicted, below.map((i) => expected[i])),
      uid: "margin-overlap",
      x: below.length ? below.map((i) => bins[i]) : [null],
      name: "overlap",
      showlegend: false,
      fill: "tozeroy",
      fillcolor: translucent(predicted.color, 0.35),
      line: { width: 0, shape: "spline" },
      hoverinfo: "skip",
    },
    curve(noise, density),
    curve(predicted, expected),
    curve(measured, trace && known ? sharesAt(trace.measured, place) : [], { mode: "lines+markers",
      marker: { symbol: measured.symbol, size: 5 * figure.scale, color: measured.color } }),
  ];
}

/** @type {Layout<Margins>} */
export function marginsLayout(figure, snapshot, colors, width) {
  const layout = plotlyLayout(figure, snapshot, colors, width);
  const trace = traceOf(snapshot, "margins");
  layout.bargap = 0.02;
  layout.hovermode = "closest";
  layout.xaxis.showspikes = false;
  layout.yaxis.rangemode = "tozero";
  layout.shapes = [
    {
      type: "line", yref: "paper", y0: 0, y1: 1, x0: 0, x1: 0,
      line: { color: colors.text, width: 1.5 },
    },
  ];
  if (!trace) return layout;
  const place = scaleAt(figure, trace);
  /** @type {Write} */
  const digits = (value, more = 0) => value.toFixed(1 + more);
  /** @param {Value} value */
  const told = (value) => (value === null ? "…" : percent(value, digits));
  layout.xaxis.range = [-trace.limit, trace.limit];
  // A narrow noise is a spike that would press everything else to the ground.
  const tallest = Math.max(...trace.clean.slice(1, -1), trace.predicted.peaks[place]);
  layout.yaxis.autorange = false;
  layout.yaxis.range = [0, 1.25 * tallest];
  layout.annotations = [
    {
      text:
        `σ = ${number(trace.x[place], figure.x)}<br>below 0:<br>predicted <b>${told(trace.overlap[place])}</b>` +
        `<br>measured <b>${told(trace.y[place])}</b>`,
      xref: "paper", yref: "paper", x: 0.01, y: 0.98, xanchor: "left", yanchor: "top",
      align: "left", showarrow: false, font: { size: figure.scale * (width < PHONE ? 12 : 15), color: colors.text },
    },
  ];
  return layout;
}
