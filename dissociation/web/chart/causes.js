// Why a network breaks: its noise by layers, by factors and by neurons, and against its margins.

import { translucent } from "./colors.js";
import { plotlyLayout } from "./layout.js";
import { number, percent } from "./numbers.js";
import { traceOf } from "./snapshot.js";
import { literal, uid } from "./texts.js";

/**
 * @import { Colors, Figure, Layout, Plot, Style, Trace, Traces, View } from "./types"
 * @import { Write } from "./numbers.js"
 *
 * @typedef {{ into: number[], out: number[], rest: number[] }} Parts of the sum, by powers of σ²
 * @typedef {Omit<Trace, "y"> & { y: number[], now: number, parts: Parts }} Sum over factors
 *
 * @typedef {object} Ranks
 * @property {string} key
 * @property {number[]} x
 * @property {number[]} y
 * @property {number[]} neurons
 * @property {string[]} kinds
 * @property {number[]} copies
 * @property {number[]} incoming
 * @property {number[]} outgoing
 */

const SOURCE_FILLS = ["", "/", "x", "."]; // told apart without colour, too

/**
 * A line without symbols; its key is also the trace's.
 *
 * @param {Figure} figure
 * @param {View<Trace>} snapshot
 * @param {Style} style
 * @returns {Plot}
 */
function plainLine(figure, snapshot, style) {
  const { x, y } = traceOf(snapshot, style.key) ?? { x: [], y: [] };
  return {
    uid: uid("line", style.key),
    type: "scatter",
    mode: "lines",
    name: literal(style.name),
    legendgroup: style.key,
    x: x.length ? x : [null],
    y: x.length ? y : [null],
    line: { color: style.color, dash: style.dash, width: 2.5 * figure.scale },
    text: y.map((value) => number(value, figure.y)),
    hovertemplate: `${literal(style.name)}: %{text}<extra></extra>`,
  };
}

/** A dotted line where the visitor looks. @param {Figure} figure @param {Colors} colors */
function focusShape(figure, colors) {
  if (figure.focus === null) return [];
  const at = figure.focus;
  return [
    {
      type: "line", yref: "paper", y0: 0, y1: 1, x0: at, x1: at,
      line: { color: colors.text, dash: "dot", width: 1.5 },
    },
  ];
}

/** @type {Layout<Trace>} */
export function causesLayout(figure, snapshot, colors, width) {
  const layout = plotlyLayout(figure, snapshot, colors, width);
  layout.shapes = focusShape(figure, colors);
  layout.margin.r = 44;
  return layout;
}

// ---- shares of the layers ---------------------------------------------------------------------

/**
 * Stacked areas of what was sampled, or, before that, of the formula; its borders as lines.
 *
 * @type {Traces<Trace>}
 */
export function sharesTraces(figure, snapshot) {
  const [areas, [formula]] = [figure.traces.slice(0, 4), figure.traces.slice(4)];
  const sampled = (traceOf(snapshot, areas[0].key)?.x.length ?? 0) > 0;
  const stacked = areas.map((style, number) => {
    const own = sampled ? style : { ...style, key: `${style.key}-formula` };
    return {
      ...plainLine(figure, snapshot, own),
      uid: uid("area", style.key),
      name: literal(style.name),
      stackgroup: "shares",
      line: { color: style.color, width: 0.5 },
      fillcolor: translucent(style.color, sampled ? 0.75 : 0.4),
      fillpattern: {
        shape: SOURCE_FILLS[number], fillmode: "overlay", fgcolor: "#ffffff", fgopacity: 0.6,
        size: 10, solidity: 0.15,
      },
    };
  });
  /** @type {number[]} */
  let below = [];
  const borders = areas.slice(0, 3).flatMap((style, number) => {
    const trace = traceOf(snapshot, `${style.key}-formula`);
    below = (trace?.y ?? []).map((share, i) => Number(share) + (below[i] ?? 0));
    const y = below.length ? below : [null];
    /** @param {string} part @param {Plot} line */
    const border = (part, line) => ({
      uid: `border-${part}-${number}`,
      type: "scatter",
      mode: "lines",
      showlegend: false,
      x: trace ? trace.x : [null],
      y,
      line,
      hoverinfo: "skip",
    });
    // Light dashes on a dark line are seen on any colour.
    return [
      border("dark", { color: "#222222", width: 4 * figure.scale }),
      border("light", { color: "#ffffff", dash: formula.dash, width: 2 * figure.scale }),
    ];
  });
  // In the legend a colour that is seen on any background.
  return [...stacked, ...borders, plainLine(figure, { traces: [] }, formula)];
}

// ---- what scaling would do --------------------------------------------------------------------

/** @param {View<Trace>} snapshot */
const sumOf = (snapshot) => /** @type {Sum | undefined} */ (traceOf(snapshot, "sum"));

/**
 * With the products of the layers' noises, at the noise scale that is looked at.
 *
 * @param {Figure} figure
 * @param {View<Trace>} snapshot
 * @returns {View<Trace>}
 */
function withProducts(figure, snapshot) {
  const sum = sumOf(snapshot);
  const sigma = figure.focus;
  if (!sum || sigma === null) return snapshot;
  /** @param {number[]} part */
  const at = (part) => part.reduce((all, value, i) => all + value * sigma ** (2 * i), 0);
  const [into, out, rest] = [sum.parts.into, sum.parts.out, sum.parts.rest].map(at);
  /** @param {number} alpha */
  const gain = (alpha) => into * (sum.now / alpha) ** 2 + out * (alpha / sum.now) ** 2 + rest;
  /** @type {Trace[]} */
  const made = [{ ...sum, key: "at", y: sum.x.map(gain) }];
  if (into > 0 && out > 0) {
    const best = sum.now * (into / out) ** 0.25;
    made.push({ ...sum, key: "best-at", x: [best], y: [gain(best)] });
  }
  return { ...snapshot, traces: [...snapshot.traces, ...made] };
}

/** @type {Traces<Trace>} */
export function tradeOffTraces(figure, given) {
  const snapshot = withProducts(figure, given);
  return figure.traces.flatMap((style) => {
    const trace = traceOf(snapshot, style.key);
    if (style.group !== "point") return [plainLine(figure, snapshot, style)];
    const where = trace ? ` (α = ${number(trace.x[0], figure.x)})` : "";
    return [
      {
        ...plainLine(figure, snapshot, style),
        mode: "markers",
        name: `${literal(style.name)}${where}`,
        marker: {
          color: style.color, symbol: style.symbol, size: 13 * figure.scale,
          line: { color: "#ffffff", width: 1.5 },
        },
        hovertemplate: `${literal(style.name)}${where}: %{y:.3~g}<extra></extra>`,
      },
    ];
  });
}

/** @type {Layout<Trace>} */
export function tradeOffLayout(figure, snapshot, colors, width) {
  const layout = causesLayout(figure, snapshot, colors, width);
  layout.shapes = [];
  layout.yaxis = { ...layout.yaxis, tickformat: "", exponentformat: "power", dtick: 1 };
  layout.hovermode = "closest";
  const sum = sumOf(snapshot);
  if (sum) {
    // As much of the ordinates as the sum takes within the range of factors, and two decades below.
    const seen = sum.y.filter((_, i) => sum.x[i] >= figure.x.low && sum.x[i] <= figure.x.high);
    const [low, high] = [Math.min(...seen), Math.max(...seen)].map(Math.log10);
    layout.yaxis.autorange = false;
    layout.yaxis.range = [low - 2, high + 0.1];
  }
  return layout;
}

// ---- neurons ----------------------------------------------------------------------------------

/** @type {Traces<any>} */
export function neuronsTraces(figure, snapshot, compact) {
  /** @type {Ranks} */
  const trace = traceOf(snapshot, figure.across) ?? {
    key: "", x: [], y: [], neurons: [], kinds: [], copies: [], incoming: [], outgoing: [],
  };
  const parts = figure.traces.filter(({ group }) => group === "part");
  const kinds = figure.traces.filter(({ group }) => group === "kind");
  /** @type {Write} */
  const digits = (value, more = 0) => value.toPrecision(2 + more);
  /** @param {Style} style */
  const sharesOf = ({ key }) => trace[/** @type {"incoming" | "outgoing"} */ (key)];
  const bars = parts.map((style, number) => ({
    uid: uid("bar", style.key),
    type: "bar",
    name: literal(style.name),
    x: trace.x.length ? trace.x : [null],
    y: trace.x.length ? sharesOf(style) : [null],
    marker: {
      color: style.color,
      pattern: {
        shape: SOURCE_FILLS[number + 1], fillmode: "overlay", fgcolor: "#ffffff", fgopacity: 0.6,
        size: 7, solidity: 0.2,
      },
    },
    hovertext: trace.x.map(
      (_, i) =>
        `neuron ${trace.neurons[i]} (${trace.kinds[i]}` +
        `${trace.copies[i] > 1 ? `, one of ${trace.copies[i]} alike` : ""})<br>` +
        `${literal(style.name)}: ${percent(sharesOf(style)[i], digits)} of all noise`,
    ),
    hovertemplate: "%{hovertext}<extra></extra>",
  }));
  const above = 0.04 * Math.max(...trace.x.map((_, i) => trace.y[i]));
  const marks = kinds.map((style) => {
    const mine = trace.x.filter((_, i) => trace.kinds[i] === style.key);
    const tops = mine.map((rank) => trace.y[rank - 1] + above);
    return {
      uid: uid("kind", style.key),
      type: "scatter",
      mode: "markers",
      name: literal(style.name),
      x: mine.length ? mine : [null],
      y: mine.length ? tops : [null],
      marker: { color: style.color, symbol: style.symbol, size: (compact ? 8 : 11) * figure.scale },
      cliponaxis: false,
      hoverinfo: "skip",
    };
  });
  return [...bars, ...marks];
}

/** @type {Layout<any>} */
export function neuronsLayout(figure, snapshot, colors, width) {
  const layout = causesLayout(figure, snapshot, colors, width);
  layout.barmode = "stack";
  layout.bargap = 0.15;
  layout.legend.traceorder = "normal";
  layout.hovermode = "closest";
  layout.yaxis.rangemode = "tozero";
  layout.xaxis.showspikes = false;
  layout.xaxis.showgrid = false;
  return layout;
}
