// The size of charts.

/** @import { Height } from "./types" */

export const PHONE = 560; // pixels of width below which the layout is the compact one

/** What the names of the axes of a panel end in. @param {number} panel */
export const suffix = (panel) => (panel === 0 ? "" : String(panel + 1));

/** @type {Height} */
export function plotlyHeight(figure, width, further = 0) {
  if (figure.fixed) return Math.min(figure.height, figure.space || figure.height);
  if (figure.space) return figure.space;
  if (width >= PHONE) return Math.round(figure.height * Math.sqrt(figure.scale));
  const theory = figure.theory ? 1 : 0;
  // Further rows of the legend must not be taken from the plot.
  const legendRows = Math.max(0, figure.entries + theory + further - 4);
  return Math.min(figure.height, 360) + 20 * legendRows;
}
