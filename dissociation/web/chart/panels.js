// Where the panels of a chart stand, and how high the chart is.

import { PHONE, suffix } from "./layout.js";

/** @import { Figure, Height, Panels, Plot } from "./types" */

const WIDE = 900; // pixels of width from which there is room for more panels side by side

/** @param {Figure} figure @param {number} width @returns {Panels} */
const panelsAt = ({ panels }, width) => panels[width < PHONE ? 0 : width < WIDE ? 1 : 2];

/** @param {Panels} panels */
const rowsHeight = ({ rows }) => rows.reduce((sum, { height }) => sum + height, 0);

/** @type {Height} */
export function panelsHeight(figure, width) {
  const panels = panelsAt(figure, width);
  const natural = Math.round(rowsHeight(panels) + panels.more);
  return panels.fill ? figure.space || natural : Math.min(natural, figure.space || natural);
}

/**
 * Puts what Python says of a chart's panels where they stand: their axes, and their titles.
 *
 * @param {Figure} figure
 * @param {Plot} layout
 * @param {number} width
 * @returns {Plot}
 */
export function panelled(figure, layout, width) {
  const panels = panelsAt(figure, width);
  const height = panelsHeight(figure, width);
  const all = rowsHeight(panels);
  /** @type {Plot} */
  const axes = {};
  /** @type {{ left: number, top: number, rowTop: number }[]} */
  const places = [];
  let above = 0;
  for (const row of panels.rows) {
    const rowTop = 1 - above / all;
    const top = rowTop - row.title / height;
    above += row.height;
    const cell = (1 - panels.gap * (row.columns - 1)) / row.columns;
    for (let column = 0; column < row.panels; column++) {
      const own = suffix(places.length);
      const left = column * (cell + panels.gap);
      const [x, y] = [`xaxis${own}`, `yaxis${own}`];
      axes[x] = { ...layout[x], domain: [left, left + cell], anchor: `y${own}` };
      axes[y] = { ...layout[y], domain: [1 - above / all + panels.foot, top], anchor: `x${own}` };
      places.push({ left, top, rowTop });
    }
  }
  /** @param {Plot} annotation */
  const put = ({ panel, ...note }) => {
    if (panel === undefined) return note;
    const { left, top, rowTop } = places[panel];
    return { ...note, x: left, y: note.y === undefined ? top : rowTop };
  };
  return { ...layout, ...axes, height, annotations: layout.annotations.map(put) };
}
