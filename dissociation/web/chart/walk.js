// Linear networks along a walk: weights, hidden layer, outputs and loss, all at one step.

import { bytes } from "./bitmap.js";
import { DIGITS } from "./digits.js";
import { PHONE, plotlyLayout, suffix } from "./layout.js";
import { literal, uid } from "./texts.js";

/**
 * @import { Drawing, Figure, Height, Layout, Plot, Trace, Traces, Value, View } from "./types"
 *
 * @typedef {{ bytes: string, shape: [number, number, number], flat?: Uint8Array }} Frames a step each
 * @typedef {Trace & { frames: Frames, limit: number, moved: number[] }} Weights
 *
 * @typedef {object} Items
 * @property {number[][]} across at each step
 * @property {number[][]} up
 * @property {number[]} range
 * @property {string[]} names
 * @property {number[]} groups
 *
 * @typedef {Trace & { y: number[], silent: number, walk: string }} Loss
 */

/** @typedef {{ key: string, across?: string, up?: string }} Panel with the words of its axes */
/** @type {Panel[]} */
const WALK_PANELS = [
  { key: "w1", across: "input", up: "hidden neuron" },
  { key: "w2", across: "hidden neuron", up: "output" },
  { key: "similarity", across: "item", up: "item" },
  { key: "embedding" },
  { key: "outputs", across: "item", up: "output" },
  { key: "loss" },
];
const WALK_GAP = { across: 46, down: 12 }; // pixels beside and below a panel, for its ticks
// Two hues that red-green-blind eyes tell apart, white at 0.
const DIVERGING = [[0, "#B35806"], [0.25, "#F1A340"], [0.5, "#F7F7F7"], [0.75, "#998EC3"], [1, "#542788"]];
const TRAIL = 8; // steps

/** @param {number} width */
const walkColumns = (width) => (width < PHONE ? 2 : 3);

/** @type {Height} */
export function walkHeight(figure, width) {
  if (figure.space) return figure.space;
  const columns = walkColumns(width);
  const rows = WALK_PANELS.length / columns;
  const side = Math.max(width, 300) / columns - WALK_GAP.across;
  return Math.round(rows * (Math.min(side, 340) + walkTitle(figure, width) + WALK_GAP.down) + 24);
}

/** Pixels of height. @param {Figure} figure @param {number} width */
const walkTitle = (figure, width) => Math.round(figure.scale * (width < PHONE ? 46 : 50));

/**
 * The numbers of a matrix at a step, from its bytes.
 *
 * @param {Weights} trace
 * @param {number} step
 */
function matrixAt({ frames, limit }, step) {
  frames.flat ??= bytes(frames.bytes);
  const { flat } = frames;
  const [, height, width] = frames.shape;
  const begin = step * height * width;
  return Array.from({ length: height }, (_, row) =>
    Array.from(
      flat.subarray(begin + row * width, begin + (row + 1) * width),
      (b) => (b / 127 - 1) * limit,
    ),
  );
}

/**
 * @param {Weights} trace
 * @param {Panel} panel
 * @param {number} number
 * @param {number} step
 * @returns {Plot}
 */
function walkHeat(trace, panel, number, step) {
  const own = suffix(number);
  return {
    uid: uid("walk", panel.key),
    type: "heatmap",
    z: matrixAt(trace, step),
    xaxis: `x${own}`,
    yaxis: `y${own}`,
    colorscale: DIVERGING,
    zmin: -trace.limit,
    zmax: trace.limit,
    showscale: false,
    hovertemplate: `${panel.up} %{y}, ${panel.across} %{x}<br>%{z:.3g}<extra></extra>`,
  };
}

/**
 * Each item where it is, and faintly where it was a few steps ago.
 *
 * @param {Figure} figure
 * @param {Items} trace
 * @param {number} number
 * @param {number} step
 * @returns {Plot[]}
 */
function walkCloud(figure, trace, number, step) {
  const own = suffix(number);
  const axes = { xaxis: `x${own}`, yaxis: `y${own}`, type: "scatter", showlegend: false };
  const from = Math.max(0, step - TRAIL);
  /** @type {(values: number[][], item: number) => Value[]} */
  const path = (values, item) => [...values.slice(from, step + 1).map((at) => at[item]), null];
  const items = trace.across[step].map((_, item) => item);
  return [
    {
      ...axes,
      uid: "walk-trail",
      mode: "lines",
      x: items.flatMap((item) => path(trace.across, item)),
      y: items.flatMap((item) => path(trace.up, item)),
      line: { color: "#7F7F7F", width: figure.scale },
      opacity: 0.6,
      hoverinfo: "skip",
    },
    {
      ...axes,
      uid: "walk-cloud",
      mode: "markers",
      x: trace.across[step],
      y: trace.up[step],
      text: trace.names,
      marker: {
        size: 9 * figure.scale,
        color: trace.groups.map((group) => DIGITS[group % DIGITS.length]),
        symbol: trace.groups.map((group) => WALK_SYMBOLS[group % WALK_SYMBOLS.length]),
        line: { color: "#ffffff", width: 1 },
      },
      hovertemplate: "%{text}<extra></extra>",
    },
  ];
}

const WALK_SYMBOLS = ["circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "x", "star"];

/**
 * @param {Figure} figure
 * @param {Loss} trace
 * @param {number} number
 * @param {number} step
 * @returns {Plot[]}
 */
function walkLoss(figure, trace, number, step) {
  const own = suffix(number);
  const axes = { xaxis: `x${own}`, yaxis: `y${own}`, type: "scatter", showlegend: false };
  const color = figure.traces.find(({ key }) => key === "loss")?.color;
  return [
    {
      ...axes,
      uid: "walk-silent",
      mode: "lines",
      x: [0, trace.y.length - 1],
      y: [trace.silent, trace.silent],
      line: { color: "#7F7F7F", dash: "dash", width: 1.5 * figure.scale },
      hovertemplate: "loss if every output were 0: %{y:.3g}<extra></extra>",
    },
    {
      ...axes,
      uid: "walk-loss",
      mode: "lines",
      x: trace.y.map((_, at) => at),
      y: trace.y,
      line: { color, width: 2.5 * figure.scale },
      hovertemplate: "step %{x}<br>loss %{y:.3g}<extra></extra>",
      cliponaxis: false,
    },
    {
      ...axes,
      uid: "walk-now",
      mode: "markers",
      x: [step],
      y: [trace.y[step]],
      marker: { color, size: 11 * figure.scale, line: { color: "#ffffff", width: 1.5 } },
      hoverinfo: "skip",
      cliponaxis: false,
    },
  ];
}

/** @param {View<Trace>} snapshot */
const walkStep = (snapshot) =>
  snapshot.step ?? (snapshot.traces.find(({ key }) => key === "loss")?.y.length ?? 1) - 1;

/** @type {Drawing<any>} */
export function walkDrawing(figure, snapshot, colors, width) {
  const walk = snapshot.traces.find(({ key }) => key === "loss")?.walk;
  return JSON.stringify([figure, walk, walkStep(snapshot), colors, width]);
}

/** @type {Traces<any>} */
export function walkTraces(figure, snapshot) {
  const byKey = new Map(snapshot.traces.map((trace) => [trace.key, trace]));
  const step = walkStep(snapshot);
  return WALK_PANELS.flatMap((panel, number) => {
    const trace = byKey.get(panel.key);
    if (!trace) return [];
    if (panel.key === "embedding") return walkCloud(figure, trace, number, step);
    if (panel.key === "loss") return walkLoss(figure, trace, number, step);
    return [walkHeat(trace, panel, number, step)];
  });
}

/**
 * How far a panel is from where the walk began, in words.
 *
 * @param {Weights | undefined} trace
 * @param {number} step
 */
function movedWords(trace, step) {
  const moved = trace?.moved?.[step];
  if (moved === undefined) return "";
  if (moved < 1e-6) return moved === 0 ? "moved by 0" : `moved by ${moved.toExponential(0)}`;
  return `moved by ${Number((100 * moved).toPrecision(2))} %`;
}

/** @type {Layout<any>} */
export function walkLayout(figure, snapshot, colors, width) {
  const compact = width < PHONE;
  const layout = plotlyLayout(figure, colors, width);
  const byKey = new Map(snapshot.traces.map((trace) => [trace.key, trace]));
  const step = walkStep(snapshot);
  delete layout.xaxis;
  delete layout.yaxis;
  const height = walkHeight(figure, width);
  const columns = walkColumns(width);
  const rows = WALK_PANELS.length / columns;
  const size = figure.scale * (compact ? 11 : 14);
  const [left, right, bottom] = [size * 2.4, 36, size * 1.8];
  layout.height = height;
  layout.hovermode = "closest";
  layout.margin = { l: left, r: right, t: 0, b: bottom };
  layout.annotations = [];
  const inner = { width: width - left - right, height: height - bottom };
  const cell = (inner.width - WALK_GAP.across * (columns - 1)) / columns;
  WALK_PANELS.forEach((panel, number) => {
    const style = figure.traces.find(({ key }) => key === panel.key);
    if (!style) return;
    const trace = byKey.get(panel.key);
    const [column, row] = [number % columns, Math.floor(number / columns)];
    const begin = (column * (cell + WALK_GAP.across)) / inner.width;
    const x = [begin, begin + cell / inner.width];
    const tall = inner.height / rows;
    const top = row * tall + walkTitle(figure, width);
    const end = (row + 1) * tall - (row + 1 < rows ? WALK_GAP.down + 14 : 0);
    const y = [Math.max(0, 1 - end / inner.height), 1 - top / inner.height];
    const own = suffix(number);
    const matrix = panel.across !== undefined;
    const shared = {
      color: colors.quiet,
      tickfont: { size: size * 0.8 },
      showgrid: false,
      zeroline: false,
      nticks: 4,
    };
    const cloud = panel.key === "embedding";
    const loss = panel.key === "loss";
    layout[`xaxis${own}`] = {
      ...shared,
      domain: x,
      anchor: `y${own}`,
      showticklabels: !cloud,
      ...(cloud && trace ? { range: trace.range.map((/** @type {number} */ v) => v * 1.1) } : {}),
      ...(loss && trace ? { range: [0, Math.max(1, trace.y.length - 1)] } : {}),
    };
    layout[`yaxis${own}`] = {
      ...shared,
      domain: y,
      anchor: `x${own}`,
      showticklabels: !cloud,
      ...(matrix ? { autorange: "reversed" } : {}),
      ...(cloud && trace ? { range: trace.range.map((/** @type {number} */ v) => v * 1.1) } : {}),
      ...(loss && trace ? { range: [0, trace.silent * 1.1], showline: true, linecolor: colors.line } : {}),
    };
    const words = movedWords(trace, step);
    const second = words || (trace?.detail ?? "");
    layout.annotations.push({
      text: `<b>${literal(compact && style.label ? style.label : style.name)}</b><br>${literal(second)}`,
      xref: "paper", yref: "paper", x: x[0], y: y[1], xanchor: "left", yanchor: "bottom",
      showarrow: false, align: "left", font: { size, color: colors.text },
    });
  });
  return layout;
}
