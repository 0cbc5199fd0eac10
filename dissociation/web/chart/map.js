// The dissociation map: across how far the function has moved, up how far the representation.

import { PHONE, plotlyHeight, plotlyLayout } from "./layout.js";
import { number } from "./numbers.js";
import { literal, uid } from "./texts.js";

/**
 * @import { Axis, Colors, Figure, Height, Layout, Path, Style, Trace, Traces, Value, View } from "./types"
 * @typedef {Trace & { places: Record<string, Value> }} Place a condition's, by the names of measures
 * @typedef {{ style: Style, across: number, up: number, rank: number }} Point
 * @typedef {{ style: Style, points: Point[], count: number }} Group
 */

/**
 * The traces of each group, in order, with what the two axes show of them.
 *
 * @param {Figure} figure
 * @param {View<Place>} snapshot
 */
function mapGroups(figure, snapshot) {
  const byKey = new Map(snapshot.traces.map((trace) => [trace.key, trace]));
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const style of figure.traces) {
    const trace = byKey.get(style.key);
    const [across, up] = [figure.across, figure.up].map((name) => trace?.places[name]);
    const group = groups.get(style.group) ?? { style, points: [], count: 0 };
    groups.set(style.group, group);
    if (typeof across === "number" && typeof up === "number") {
      group.points.push({ style, across: Math.max(across, figure.x.low), up, rank: group.count });
    }
    group.count += 1;
  }
  return groups;
}

/**
 * Larger is stronger; networks that are held against them have one size.
 *
 * @param {Figure} figure
 * @param {Point} point
 */
const mapSize = (figure, { style, rank }) => figure.scale * (style.dash ? 8 + 2.5 * rank : 15);

/**
 * The way of each sweep: from the reference through its strengths, which are evenly far apart.
 *
 * @param {Figure} figure
 * @param {View<Place>} snapshot
 * @returns {Path[]}
 */
export function mapPaths(figure, snapshot) {
  const groups = mapGroups(figure, snapshot);
  /** @param {number} value */
  const across = (value) => (figure.x.log ? Math.log10(value) : value);
  const start = groups.get(figure.reference)?.points[0];
  return [...groups.values()]
    .filter(({ style }) => style.dash)
    .map(({ style, points, count }) => ({
      style,
      count,
      nodes: [
        ...(start ? [{ across: across(start.across), up: start.up, share: 0, size: 8, label: "" }] : []),
        ...points.map((point) => ({
          across: across(point.across),
          up: point.up,
          share: (point.rank + 1) / count,
          size: mapSize(figure, point),
          label: point.style.label,
        })),
      ],
    }));
}

/** Share of the chart's width and height within which two labels would lie over each other. */
const MAP_NEAR = 0.03;
/** The chart goes at least as high: what differs by less differs by rounding, on some machines. */
const MAP_FLAT = 0.05;

/** Room beside the points at the foot of the axis, as a share of the axis. */
const MAP_FOOT = 0.05;

/**
 * What stands beside each group's last point, by group: sweeps that end in one place share it.
 *
 * @param {Figure} figure
 * @param {Group[]} groups
 */
function mapLabels(figure, groups) {
  /** @param {Axis} axis @param {number} value */
  const on = (axis, value) => (axis.log ? Math.log10(value) : value);
  /** @param {Point} point */
  const place = ({ across, up }) => [on(figure.x, across), on(figure.y, up)];
  const all = groups.flatMap(({ points }) => points.map(place));
  /** @param {number} axis @param {number[]} shown */
  const span = (axis, ...shown) => {
    const values = [...shown, ...all.map((both) => both[axis])];
    return Math.max(...values) - Math.min(...values) || 1;
  };
  const spans = [span(0), span(1, 0, MAP_FLAT)];
  /** @param {number[]} one @param {number[]} other */
  const near = (one, other) =>
    spans.every((span, axis) => Math.abs(one[axis] - other[axis]) < MAP_NEAR * span);
  /** @type {{ group: string, place: number[], labels: string[] }[]} */
  const ends = [];
  for (const { style, points } of groups) {
    // The legend names the reference, which stands where most is written.
    const last = points.at(-1);
    if (!last || style.group === figure.reference) continue;
    const label = literal(last.style.label);
    const shared = ends.find((other) => near(other.place, place(last)));
    if (shared) shared.labels.push(label);
    else ends.push({ group: style.group, place: place(last), labels: [label] });
  }
  return new Map(ends.map(({ group, labels }) => [group, labels.join(", ")]));
}

/** @type {Traces<Place>} */
export function mapTraces(figure, snapshot) {
  /** @param {Group} group */
  const isReference = ({ style }) => style.group === figure.reference;
  const groups = [...mapGroups(figure, snapshot).values()];
  const labels = mapLabels(figure, groups);
  // Drawn last, so that it is seen where rewrites have not moved; named first.
  groups.sort((a, b) => Number(isReference(a)) - Number(isReference(b)));
  return groups.map(({ style, points }) => ({
    uid: uid("map", style.group),
    legendrank: style.group === figure.reference ? 1 : 1000,
    type: "scatter",
    mode: points.length > 1 && style.dash ? "lines+markers+text" : "markers+text",
    name: literal(style.name),
    legendgroup: style.group,
    x: points.length ? points.map(({ across }) => across) : [null],
    y: points.length ? points.map(({ up }) => up) : [null],
    // Only the end of a line is labelled; the others answer to hover.
    text: points.map((_, i) => (i < points.length - 1 ? "" : labels.get(style.group) ?? "")),
    // Lines run along the axes and downwards.
    textposition: "top right",
    textfont: { size: figure.scale * 11 },
    customdata: points.map(({ style: own }) => own.key),
    hovertext: points.map(
      ({ style: own, across, up }) =>
        `<b>${literal(own.name)}, ${literal(own.label)}</b><br>` +
        `${literal(figure.x.title)}: ${number(across, figure.x)}<br>` +
        `${literal(figure.y.title)}: ${number(up, figure.y)}` +
        (figure.pressable ? "<br>press to open it" : ""),
    ),
    hovertemplate: "%{hovertext}<extra></extra>",
    cliponaxis: false,
    line: { color: style.color, dash: style.dash || "solid", width: 1.5 * figure.scale },
    marker: {
      color: style.color,
      symbol: style.symbol,
      opacity: 1,
      // Of a trace without points the legend's symbol would have no size.
      size: points.length ? points.map((point) => mapSize(figure, point)) : [figure.scale * 14],
      line: style.symbol.includes("open") ? { width: 2.5 } : { color: "#ffffff", width: 1 },
    },
  }));
}

/** A line is one entry of the legend, however many points it has. @type {Height} */
export function mapHeight(figure, width) {
  const lines = new Map(figure.traces.map((style) => [style.group, style]));
  return plotlyHeight({ ...figure, traces: [...lines.values()] }, width);
}

/** @type {Layout<Place>} */
export function mapLayout(figure, snapshot, colors, width) {
  const layout = plotlyLayout(figure, snapshot, colors, width);
  layout.height = mapHeight(figure, width);
  layout.hovermode = "closest";
  layout.xaxis.showspikes = false;
  layout.yaxis.rangemode = "tozero";
  if (!figure.x.auto) {
    // What keeps the function stands at the foot: within the plot, where it can be pressed.
    const [low, high] = layout.xaxis.range;
    layout.xaxis.range = [low - MAP_FOOT * (high - low), high];
  }
  const groups = mapGroups(figure, snapshot);
  const all = [...groups.values()].flatMap(({ points }) => points);
  if (all.length && all.every(({ up }) => up < MAP_FLAT)) {
    layout.yaxis.autorange = false;
    layout.yaxis.range = [-0.05 * MAP_FLAT, MAP_FLAT];
  }
  layout.margin.r = 70;
  const [start] = groups.get(figure.reference)?.points ?? [];
  if (start) {
    layout.shapes = [
      {
        type: "line", layer: "below", yref: "paper", y0: 0, y1: 1, x0: start.across, x1: start.across,
        line: { color: colors.quiet, dash: "dot", width: 1 },
      },
    ];
  }
  if (width >= PHONE) layout.annotations = figure.corners.map((corner) => mapCorner(corner, figure, colors));
  return layout;
}

/** @param {[string, string]} corner @param {Figure} figure @param {Colors} colors */
function mapCorner([place, words], figure, colors) {
  const [yanchor, xanchor] = place.split(" ");
  return {
    text: `<i>${literal(words).replace("\n", "<br>")}</i>`,
    xref: "paper",
    yref: "paper",
    // On the left stand the points that keep the function.
    x: xanchor === "left" ? 0.1 : 0.99,
    y: yanchor === "top" ? 0.99 : 0.01,
    xanchor,
    yanchor,
    showarrow: false,
    font: { color: colors.quiet, size: figure.scale * 13 },
  };
}
