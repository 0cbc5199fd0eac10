// What is asked of a snapshot.

/** @import { Axis, Figure, Trace, Value, View } from "./types" */

/**
 * The snapshot's traces that belong to the figure and have a point.
 *
 * @template {Trace} T
 * @param {Figure} figure
 * @param {View<T>} snapshot
 */
export function measured(figure, snapshot) {
  const keys = new Set(figure.traces.map((style) => style.key));
  return snapshot.traces.filter((trace) => keys.has(trace.key) && trace.x.length);
}

/** The detail of all of them, if it is one. @param {Trace[]} traces */
export function sharedDetail(traces) {
  const details = new Set(traces.map((trace) => trace.detail));
  return details.size === 1 ? traces[0].detail : "";
}

/**
 * The trace of a key, if there is one yet.
 *
 * @template {Trace} T
 * @param {View<T>} snapshot
 * @param {string} key
 */
export const traceOf = (snapshot, key) => snapshot.traces.find((trace) => trace.key === key);

/**
 * Whether an axis has a place for a value.
 *
 * @param {Value} value
 * @param {Axis} axis
 * @returns {value is number}
 */
export const drawable = (value, axis) =>
  value !== null && Number.isFinite(value) && (!axis.log || value > 0);
