// What is asked of a snapshot.

/** @import { Figure, Trace, View } from "./types" */

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

/**
 * Whether there is a curve to see, measured or predicted.
 *
 * @param {{ figure: Figure, snapshot: View }} shown
 */
export const hasCurve = ({ figure, snapshot }) =>
  snapshot.layout ? !snapshot.blank : measured(figure, snapshot).length > 0;
