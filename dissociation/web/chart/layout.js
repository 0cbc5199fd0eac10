// Axes, legend and size, as far as all kinds of chart share them.

import { literal } from "./texts.js";

/** @import { Axis, Colors, Figure, Height, Plot } from "./types" */

export const PHONE = 560; // pixels of width below which the layout is the compact one

/** What the names of the axes of a panel end in. @param {number} panel */
export const suffix = (panel) => (panel === 0 ? "" : String(panel + 1));

/** @param {Axis} axis @param {Colors} colors @param {boolean} compact @returns {Plot} */
export function plotlyAxis(axis, colors, compact) {
  const scale = axis.log ? Math.log10 : Number;
  return {
    type: axis.log ? "log" : "linear",
    ...(axis.auto ? { autorange: true } : { range: [scale(axis.low), scale(axis.high)] }),
    title: { text: literal(axis.title), standoff: compact ? 8 : 12 },
    tickformat: axis.percent ? "~p" : "~g",
    // On logarithmic axes few enough that Plotly labels 1, 2, 5 or whole decades, without overlaps.
    nticks: axis.log ? (compact ? 4 : 5) : 0,
    minor: { ticks: "outside", ticklen: 3, tickcolor: colors.line },
    showspikes: false,
    gridcolor: colors.grid,
    linecolor: colors.line,
    tickcolor: colors.line,
    showline: true,
    ticks: "outside",
    zeroline: false,
    automargin: true,
  };
}

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

/**
 * What all kinds of chart have in common; `further` entries of the legend come from elsewhere.
 *
 * @param {Figure} figure
 * @param {Colors} colors
 * @param {number} width
 * @returns {Plot}
 */
export function plotlyLayout(figure, colors, width, further = 0) {
  const compact = width < PHONE;
  const revision = figure.revision || "kept";
  return {
    width,
    height: plotlyHeight(figure, width, further),
    uirevision: revision,
    selectionrevision: revision,
    // On a touch screen a drag must scroll the page; zooming is one press in the mode bar away.
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    hovermode: compact ? "closest" : "x unified",
    paper_bgcolor: colors.background,
    plot_bgcolor: colors.background,
    font: { family: colors.font, size: figure.scale * (compact ? 12 : 15), color: colors.text },
    margin: { l: 8, r: 40, t: 8, b: 8 },
    legend: {
      orientation: "h",
      x: 0,
      y: 1.02,
      yanchor: "bottom",
      bgcolor: "rgba(0,0,0,0)",
      tracegroupgap: compact ? 0 : 10,
    },
    hoverlabel: {
      bgcolor: colors.raised,
      bordercolor: colors.line,
      font: { color: colors.text, size: figure.scale * (compact ? 12 : 14) },
    },
    modebar: {
      orientation: "v",
      bgcolor: "rgba(0,0,0,0)",
      color: colors.quiet,
      activecolor: colors.primary,
    },
    xaxis: {
      ...plotlyAxis(figure.x, colors, compact),
      showspikes: !compact,
      spikecolor: colors.quiet,
      spikedash: "dot",
      spikemode: "across",
      spikesnap: "hovered data",
      spikethickness: 1,
    },
    yaxis: {
      ...plotlyAxis(figure.y, colors, compact),
      zeroline: figure.zero,
      zerolinecolor: colors.quiet,
    },
  };
}
