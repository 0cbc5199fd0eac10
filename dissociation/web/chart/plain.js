// A chart that Python has built; only what depends on theme and room is filled in here.

import { bitmapTrace, rowsOfBytes } from "./bitmap.js";
import { PHONE, plotlyHeight } from "./layout.js";
import { panelled, panelsHeight } from "./panels.js";

/** @import { Colors, Kind, Value } from "./types" */

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
 * What Python left open, filled in: colours of the theme, what is otherwise on a narrow chart, and at
 * a step of a walk.
 *
 * @param {any} value
 * @param {Colors} colors
 * @param {boolean} narrow
 * @param {number} step
 * @returns {any}
 */
export function filled(value, colors, narrow, step = 0) {
  if (typeof value === "string" && value.startsWith("theme:")) {
    return colors[/** @type {keyof Colors} */ (value.slice("theme:".length))];
  }
  /** @param {any} one */
  const fill = (one) => filled(one, colors, narrow, step);
  // Numbers are most of what there is.
  if (Array.isArray(value)) return value.some(isPlain) ? value.map(fill) : value;
  if (!isPlain(value)) return value;
  if (value.bytes) return rowsOfBytes(value, value.shape.length > 2 ? step : 0);
  if (value.steps) return value.trail ? trail(value, step) : value.steps[step];
  const { compact, bitmap, ...others } = value;
  const own = narrow && compact ? merged(others, compact) : others;
  const all = Object.fromEntries(Object.entries(own).map(([name, one]) => [name, fill(one)]));
  return bitmap ? { ...all, ...bitmapTrace(bitmap) } : all;
}

/**
 * The way of each of several things up to a step; a null parts them.
 *
 * @param {{ steps: Value[][], trail: number }} way and how many steps of it
 * @param {number} step
 */
function trail({ steps, trail }, step) {
  const passed = steps.slice(Math.max(0, step - trail), step + 1);
  return steps[step].flatMap((_, thing) => [...passed.map((at) => at[thing]), null]);
}

/** @type {Kind} */
export const PLAIN = {
  traces: ({ traces, step }, narrow, colors) => filled(traces, colors, narrow, step),
  layout: (figure, { layout, step }, colors, width, further) => {
    const narrow = width < PHONE;
    const shared = {
      ...filled(figure.layout, colors, narrow),
      width,
      height: plotlyHeight(figure, width, further),
      // On a touch screen a drag must scroll the page; zooming is one press in the mode bar away.
      dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    };
    const own = filled(layout, colors, narrow, step);
    if (!figure.panels.length) return merged(shared, own);
    const { xaxis, yaxis, ...chart } = shared;
    return { ...merged(chart, own), ...panelled(figure, { xaxis, yaxis }, own, width) };
  },
  height: (figure, width, further) =>
    figure.panels.length ? panelsHeight(figure, width) : plotlyHeight(figure, width, further),
  drawing: (figure, { traces, step }, colors, width) =>
    figure.panels.length ? JSON.stringify([figure, traces, step, colors, width]) : undefined,
};
