// A chart that Python has built; only what depends on theme and room is filled in here.

import { rowsOfBytes } from "./bitmap.js";
import { PHONE, plotlyHeight, plotlyLayout } from "./layout.js";
import { panelled, panelsHeight } from "./panels.js";

/** @import { Colors, Kind } from "./types" */

/**
 * One value over another: dictionaries are merged, all else is replaced.
 *
 * @param {any} below
 * @param {any} above
 * @returns {any}
 */
export function merged(below, above) {
  if (!isPlain(below) || !isPlain(above)) return above;
  const all = { ...below };
  for (const [name, value] of Object.entries(above)) all[name] = merged(below[name], value);
  return all;
}

/** @param {any} value */
const isPlain = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * What Python left open, filled in: colours of the theme, matrices of bytes, and what is otherwise on
 * a narrow chart.
 *
 * @param {any} value
 * @param {Colors} colors
 * @param {boolean} narrow
 * @returns {any}
 */
export function filled(value, colors, narrow) {
  if (typeof value === "string" && value.startsWith("theme:")) {
    return colors[/** @type {keyof Colors} */ (value.slice("theme:".length))];
  }
  // Numbers are most of what there is.
  if (Array.isArray(value)) return value.some(isPlain) ? value.map((one) => filled(one, colors, narrow)) : value;
  if (!isPlain(value)) return value;
  if (value.bytes) return rowsOfBytes(value);
  const { compact, ...others } = value;
  const own = narrow && compact ? merged(others, compact) : others;
  return Object.fromEntries(
    Object.entries(own).map(([name, one]) => [name, filled(one, colors, narrow)]),
  );
}

/** @type {Kind} */
export const PLAIN = {
  traces: (_, { traces }, narrow, colors) => filled(traces, colors, narrow),
  layout: (figure, { layout }, colors, width, further) => {
    const shared = plotlyLayout(figure, colors, width, further);
    const own = filled(layout, colors, width < PHONE);
    if (!figure.panels.length) return merged(shared, own);
    const { xaxis, yaxis, ...chart } = shared;
    return { ...merged(chart, own), ...panelled(figure, { xaxis, yaxis }, own, width) };
  },
  height: (figure, width, further) =>
    figure.panels.length ? panelsHeight(figure, width) : plotlyHeight(figure, width, further),
  drawing: (figure, { traces }, colors, width) =>
    figure.panels.length ? JSON.stringify([figure, traces, colors, width]) : undefined,
};
