// The bridge from theory to measurement: a point a network, and the laws through all of them.

import { mapHeight, mapLayout, mapTraces } from "./map.js";
import { literal, uid } from "./texts.js";

/**
 * @import { Figure, Height, Layout, Plot, Style, Trace, Traces } from "./types"
 * @import { Place } from "./map.js"
 * @typedef {Trace & { slope: number, r2: number, places: undefined }} Law
 */

/** @param {Style} style */
const isLaw = ({ group }) => group === "law";

/** The figure of the points alone, which is a map. @param {Figure} figure */
const bridgePoints = (figure) => ({ ...figure, traces: figure.traces.filter((s) => !isLaw(s)) });

/** @param {Place | Law} trace @returns {trace is Place} */
const isPlace = (trace) => trace.places !== undefined;

/**
 * Labels only of what is far from the crowd around the reference, where they would cover all.
 *
 * @param {Plot} trace
 * @param {number} reference
 * @returns {Plot}
 */
function farLabels(trace, reference) {
  /** @param {number} x */
  const near = (x) => !reference || Math.abs(Math.log10(x / reference)) < 0.8;
  /** @type {(text: string, i: number) => string} */
  const far = (text, i) => (near(trace.x[i]) ? "" : text);
  return { ...trace, text: trace.text.map(far) };
}

/** @type {Traces<Place | Law>} */
export function bridgeTraces(figure, snapshot, compact) {
  const places = snapshot.traces.filter(isPlace);
  const laws = snapshot.traces.filter((trace) => !isPlace(trace));
  const lines = figure.traces.filter(isLaw).map((style) => {
    const trace = laws.find(({ key }) => key === `${style.key}-${figure.across}`);
    const slope = trace ? trace.slope.toFixed(2).replace("-", "−") : "";
    const told = trace ? `: slope ${slope}, R² = ${trace.r2.toFixed(2)}` : "";
    return {
      uid: uid("law", style.key),
      type: "scatter",
      mode: "lines",
      name: `${literal(style.name)}${told}`,
      x: trace ? trace.x : [null],
      y: trace ? trace.y : [null],
      line: { color: style.color, dash: style.dash, width: 2.5 * figure.scale },
      hoverinfo: "skip",
      legendrank: 2000,
    };
  });
  const points = mapTraces(bridgePoints(figure), { traces: places }, compact);
  // The reference is drawn last.
  const reference = points.at(-1)?.x[0];
  return [...lines, ...points.map((trace) => farLabels(trace, reference))];
}

/** @type {Height} */
export const bridgeHeight = (figure, width) => mapHeight(figure, width);

/** @type {Layout<Place | Law>} */
export function bridgeLayout(figure, snapshot, colors, width) {
  const traces = snapshot.traces.filter(isPlace);
  const layout = mapLayout(bridgePoints(figure), { traces }, colors, width);
  layout.yaxis.rangemode = "normal";
  layout.shapes = [];
  layout.xaxis = { ...layout.xaxis, tickformat: "", exponentformat: "power", dtick: 1 };
  return layout;
}
