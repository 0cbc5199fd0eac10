// The bar of tools beside a chart, and the files that it saves.

/** @import { Drawn, Figure, Plot } from "./types" */

// In a file the page's own font is missing, and what is laid out in one font and drawn in another is
// cut. These are as wide as each other, and at least one of them is on nearly every machine.
const FILE_FONT = "Arial, Liberation Sans, Helvetica, sans-serif";

/**
 * Saves a chart as a file, laid out anew in a font that the file will be drawn with.
 *
 * @param {Drawn} node
 * @param {string} format
 */
function save(node, format) {
  const { filename, scale } = node._context.toImageButtonOptions;
  const layout = { ...node.layout, font: { ...node.layout.font, family: FILE_FONT } };
  const how = { format, filename, ...(format === "png" ? { scale } : {}) };
  return Plotly.downloadImage({ data: node.data, layout }, how);
}

/** @param {string} name @param {string} format @param {Plot} icon */
const fileButton = (name, format, icon) => ({
  name,
  title: `Download plot as ${format === "png" ? "a" : "an"} ${format.toUpperCase()}`,
  icon,
  click: (/** @type {Drawn} */ node) => save(node, format),
});

/**
 * Once for ever: react() takes new functions for a new configuration, and plots anew.
 *
 * @type {Plot[] | undefined}
 */
let fileButtons;

/** @param {Figure} figure @returns {Plot} */
export function plotlyConfig(figure) {
  fileButtons ??= [
    fileButton("toImage", "png", Plotly.Icons.camera),
    fileButton("toSvg", "svg", {
      width: 24, height: 24, path: "M12 16l-5-5h3V4h4v7h3zM5 18h14v2H5z",
    }),
  ];
  return {
    displaylogo: false,
    displayModeBar: true,
    showTips: false,
    doubleClick: "reset",
    modeBarButtons: [fileButtons, ["zoom2d", "pan2d", "resetScale2d"]],
    toImageButtonOptions: { format: "png", filename: figure.filename, scale: 3 },
  };
}
