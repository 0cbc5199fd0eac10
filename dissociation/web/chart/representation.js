// Two representations side by side: dissimilarities, activations, embedding; A left, B right.

import { bitmapSource, bitmapTrace } from "./bitmap.js";
import { DIGITS, digitShapes, digitTicks, reach } from "./digits.js";
import { PHONE, plotlyLayout, suffix } from "./layout.js";
import { literal } from "./texts.js";

/**
 * @import { Bitmap, Drawing, Figure, Height, Layout, Plot, Sight, Trace, Traces, View } from "./types"
 * @import { Scale } from "./bitmap.js"
 *
 * @typedef {object} Pictures
 * @property {number[]} y
 * @property {number[]} digits
 * @property {Bitmap} dissimilarity
 * @property {number} largest_distance
 * @property {Bitmap} activations
 * @property {number} largest_activation
 *
 * @typedef {Trace & Pictures} Side
 */

const GAP = 0.06; // between the two, as a share of the width
const MARGIN = { l: 30, r: 40, t: 34, b: 8 };
const ROWS = [
  { part: "dissimilarity", share: 0.4, title: "Dissimilarity of images, by digit" },
  { part: "activations", share: 0.22, title: "Activations: images by digit, neurons across" },
  { part: "embedding", share: 0.38, title: "Embedding: each image as its digit" },
];

/** @type {Height} */
export function representationHeight(figure, width) {
  if (figure.space) return figure.space;
  return Math.round(Math.max(width, 320) * (width < PHONE ? 1.35 : 1.12));
}

/** @param {number} row @param {number} side */
const panelOf = (row, side) => suffix(2 * row + side);

/**
 * @param {Bitmap} matrix
 * @param {number} largest
 * @param {number} row
 * @param {number} side
 * @param {string} words
 * @param {Scale} scale
 * @returns {Plot}
 */
function heatOf(matrix, largest, row, side, words, scale) {
  return {
    ...bitmapTrace(matrix, largest, scale),
    uid: `heat-${row}-${side}`,
    xaxis: `x${panelOf(row, side)}`,
    yaxis: `y${panelOf(row, side)}`,
    hovertemplate: words,
  };
}

/**
 * What the pointer finds where the digits of a cloud are drawn.
 *
 * @param {Side} trace
 * @param {number} row
 * @param {number} side
 * @returns {Plot}
 */
function cloudOf(trace, row, side) {
  return {
    uid: `cloud-${side}`,
    type: "scatter",
    mode: "markers",
    x: trace.x,
    y: trace.y,
    text: trace.digits.map(String),
    // At most one of them is drawn, and cannot be seen; all of them can be pointed at.
    marker: { opacity: 0, maxdisplayed: 1, color: trace.digits.map((digit) => DIGITS[digit]) },
    xaxis: `x${panelOf(row, side)}`,
    yaxis: `y${panelOf(row, side)}`,
    hovertemplate: "a %{text}<extra></extra>",
    showlegend: false,
  };
}

/**
 * The digits of both clouds, whose panels share their axes.
 *
 * @param {Figure} figure
 * @param {View<Side>} snapshot
 * @param {number} width
 * @param {number} size
 */
function cloudShapes(figure, snapshot, width, size) {
  const row = ROWS.findIndex(({ part }) => part === "embedding");
  const clouds = new Map(snapshot.traces.map((trace) => [trace.key, trace]));
  const traces = [...clouds.values()];
  if (traces.length === 0) return [];
  const [low, high] = rowDomain(figure, width, row);
  const pixels = [
    (width - MARGIN.l - MARGIN.r) * sideDomain(0)[1],
    representationHeight(figure, width) * (high - low),
  ];
  const unit = /** @type {const} */ (["x", "y"]).map(
    (along, n) => reach(traces.map((trace) => trace[along])) / pixels[n],
  );
  return figure.traces.flatMap(({ key }, side) => {
    const panel = { xref: `x${panelOf(row, side)}`, yref: `y${panelOf(row, side)}`, unit };
    const cloud = clouds.get(key);
    return cloud ? digitShapes(cloud, panel, size, DIGITS) : [];
  });
}

/** @type {Drawing<Side>} */
export function representationDrawing(figure, snapshot, colors, width) {
  if (snapshot.traces.length === 0) return null;
  const pictures = snapshot.traces.map((trace) => [trace.dissimilarity.bytes, trace.x]);
  return JSON.stringify([figure, pictures, colors, width]);
}

/** @type {Traces<Side>} */
export function representationTraces(figure, snapshot) {
  const byKey = new Map(snapshot.traces.map((trace) => [trace.key, trace]));
  return figure.traces.flatMap(({ key }, side) => {
    const trace = byKey.get(key);
    if (!trace) return [];
    const { dissimilarity, activations } = trace;
    return [
      heatOf(
        dissimilarity, trace.largest_distance, 0, side,
        "images %{x} and %{y}<br>distance %{text:.3g}<extra></extra>", "Cividis",
      ),
      heatOf(
        activations, trace.largest_activation, 1, side,
        "image %{y}, neuron %{x}<br>activation %{text:.3g}<extra></extra>", "Viridis",
      ),
      cloudOf(trace, 2, side),
    ];
  });
}

/**
 * Its matrices, where the plot will have them.
 *
 * @param {Figure} figure
 * @param {View<Side>} snapshot
 * @param {number} width
 * @returns {Sight[]}
 */
export function representationSight(figure, snapshot, width) {
  const byKey = new Map(snapshot.traces.map((trace) => [trace.key, trace]));
  const { l, r, t, b } = marginOf(width);
  const [across, down] = [width - l - r, representationHeight(figure, width) - t - b];
  return figure.traces.flatMap(({ key }, side) => {
    const trace = byKey.get(key);
    if (!trace) return [];
    return /** @type {const} */ (["dissimilarity", "activations"]).map((part, row) => {
      const [from, to] = sideDomain(side);
      const [low, high] = rowDomain(figure, width, row);
      return {
        source: bitmapSource(trace[part], row === 0 ? "Cividis" : "Viridis"),
        left: l + across * from,
        top: t + down * (1 - high),
        width: across * (to - from),
        height: down * (high - low),
      };
    });
  });
}

/** @param {number} width */
const marginOf = (width) => ({ ...MARGIN, t: width < PHONE ? 62 : MARGIN.t });

/** @param {number} side */
const sideDomain = (side) => (side === 0 ? [0, (1 - GAP) / 2] : [(1 + GAP) / 2, 1]);

/**
 * Where a row stands, from the top, with room for its title above it.
 *
 * @param {Figure} figure
 * @param {number} width
 * @param {number} row
 */
function rowDomain(figure, width, row) {
  const title = (26 * figure.scale) / representationHeight(figure, width);
  const above = ROWS.slice(0, row).reduce((sum, { share }) => sum + share, 0);
  return [1 - above - ROWS[row].share + 0.012, 1 - above - title];
}

/** @type {Layout<Side>} */
export function representationLayout(figure, snapshot, colors, width) {
  const compact = width < PHONE;
  const layout = plotlyLayout(figure, colors, width);
  delete layout.xaxis;
  delete layout.yaxis;
  const size = figure.scale * (compact ? 10 : 13);
  layout.height = representationHeight(figure, width);
  layout.hovermode = "closest";
  layout.margin = marginOf(width);
  layout.shapes = cloudShapes(figure, snapshot, width, (compact ? 8 : 10) * figure.scale);
  layout.annotations = [];
  // Two names beside each other are wider than a phone.
  /** @param {string} name */
  const broken = (name) => (compact ? name.replace(" (", "<br>(").replace(", ", ",<br>") : name);
  /** @type {(text: string, x: number, y: number, bold: boolean) => void} */
  const say = (text, x, y, bold) =>
    layout.annotations.push({
      text: bold ? `<b>${broken(literal(text))}</b>` : literal(text),
      xref: "paper", yref: "paper", x, y, xanchor: "left", yanchor: "bottom", align: "left",
      showarrow: false, font: { size: bold ? size * 1.15 : size, color: colors.text },
    });
  const pictured = snapshot.traces[0]?.dissimilarity.shape[0] ?? 250;
  ROWS.forEach(({ part, title }, row) => {
    const y = rowDomain(figure, width, row);
    say(title, 0, y[1], false);
    figure.traces.forEach((style, side) => {
      const x = sideDomain(side);
      if (row === 0) say(style.name, x[0], 1, true);
      // Ten digits beside a low panel.
      const low = Math.min(size, ((y[1] - y[0]) * representationHeight(figure, width)) / 11);
      const tickfont = { size: low };
      const shared = { color: colors.quiet, tickfont, showgrid: false, zeroline: false };
      const digits = part === "embedding" ? { showticklabels: false } : digitTicks(pictured);
      const [own, other] = [panelOf(row, side), panelOf(row, 0)];
      layout[`xaxis${own}`] = {
        ...shared,
        ...digits,
        showticklabels: false,
        domain: x,
        anchor: `y${own}`,
        // The two matrices, and the two clouds, zoom together.
        ...(side === 1 && part !== "activations" ? { matches: `x${other}` } : {}),
      };
      layout[`yaxis${own}`] = {
        ...shared,
        ...digits,
        showticklabels: side === 0 && part !== "embedding",
        domain: y,
        anchor: `x${own}`,
        ...(part === "embedding" ? {} : { autorange: "reversed", scaleanchor: false }),
        ...(side === 1 ? { matches: `y${other}` } : {}),
      };
    });
  });
  return layout;
}
