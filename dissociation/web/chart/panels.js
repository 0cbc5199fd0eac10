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
 * What of a layout depends on where panels stand: their axes, their titles, and the height.
 *
 * @param {Figure} figure
 * @param {Plot} whole the axes of a chart without panels
 * @param {Plot} own what Python says of these
 * @param {number} width
 * @returns {Plot}
 */
export function panelled(figure, { xaxis, yaxis }, own, width) {
  const panels = panelsAt(figure, width);
  const height = panelsHeight(figure, width);
  const all = rowsHeight(panels);
  const count = panels.rows.reduce((sum, row) => sum + row.panels, 0);
  /** @type {(axis: Plot, told: boolean) => Plot} */
  const shared = (axis, told) => (panels.shared ? { ...axis, title: undefined, showticklabels: told } : {});
  /** @type {Plot} */
  const axes = {};
  /** @type {{ left: number, top: number, rowTop: number }[]} */
  const places = [];
  let above = 0;
  for (const row of panels.rows) {
    const rowTop = 1 - above / all;
    const top = rowTop - row.title / height;
    above += row.height;
    const bottom = 1 - above / all + panels.foot;
    const cell = (1 - panels.gap * (row.columns - 1)) / row.columns;
    for (let column = 0; column < row.panels; column++) {
      const left = column * (cell + panels.gap);
      const lowest = places.length + row.columns >= count;
      const name = suffix(places.length);
      const [x, y] = [`xaxis${name}`, `yaxis${name}`];
      const [across, up] = [[left, left + cell], [bottom, top]];
      axes[x] = { ...shared(xaxis, lowest), ...own[x], domain: across, anchor: `y${name}` };
      axes[y] = { ...shared(yaxis, column === 0), ...own[y], domain: up, anchor: `x${name}` };
      places.push({ left, top, rowTop });
    }
  }
  /** @param {Plot} annotation */
  const put = ({ panel, ...note }) => {
    if (panel === undefined) return note;
    const { left, top, rowTop } = places[panel];
    return { ...note, x: left, y: note.y === undefined ? top : rowTop };
  };
  return { ...axes, height, annotations: own.annotations.map(put) };
}
