// Where the panels of a chart stand, and how high the chart is.

import { PHONE, suffix } from "./layout.js";

/** @import { Figure, Height, Panels, Plot } from "./types" */

const WIDE = 900; // pixels of width from which there is room for more panels side by side

/** @param {Figure} figure @param {number} width @returns {Panels} */
const panelsAt = ({ panels }, width) => panels[width < PHONE ? 0 : width < WIDE ? 1 : 2];

/** @param {number[]} values */
const sum = (values) => values.reduce((all, value) => all + value, 0);

/**
 * How high the rows of panels are, and which share of the width they take: all of it, unless squares
 * would be too high then.
 *
 * @param {Figure} figure
 * @param {number} width
 */
function rowsOf(figure, width) {
  const { rows, gap, squares, more, beside, least, most } = panelsAt(figure, width);
  const grown = Math.min(most, Math.max(least, width));
  const heights = rows.map(({ height, widths }) => height + widths * grown);
  if (!squares) return { heights, taken: 1 };
  const sides = rows.map(({ columns }) => (1 - gap * (columns - 1)) / columns);
  const all = Math.max(width, 280) - beside;
  const room = figure.space ? (figure.space - more - sum(heights)) / sum(sides) : all;
  const taken = Math.min(all, Math.max(200, room));
  return { heights: heights.map((height, row) => height + taken * sides[row]), taken: taken / all };
}

/** @type {Height} */
export function panelsHeight(figure, width) {
  const { fill, more, squares } = panelsAt(figure, width);
  const natural = Math.round(sum(rowsOf(figure, width).heights) + more);
  const space = figure.space || natural;
  return squares ? natural : fill ? space : Math.min(natural, space);
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
  const inner = height - panels.margin;
  const { heights, taken } = rowsOf(figure, width);
  const [all, count] = [sum(heights), sum(panels.rows.map((row) => row.panels))];
  /** @type {(axis: Plot, told: boolean) => Plot} */
  const shared = (axis, told) => (panels.shared ? { ...axis, title: undefined, showticklabels: told } : {});
  /** @type {Plot} */
  const axes = {};
  /** @type {{ left: number, top: number, rowTop: number }[]} */
  const places = [];
  let above = 0;
  for (const [number, row] of panels.rows.entries()) {
    const rowTop = 1 - above / all;
    const top = rowTop - row.title / inner;
    above += heights[number];
    const bottom = 1 - above / all + panels.foot + row.below / inner;
    const gap = panels.gap + panels.between / (width - panels.beside);
    const cell = (1 - gap * (row.columns - 1)) / row.columns;
    for (let column = 0; column < row.panels; column++) {
      const left = taken * column * (cell + gap);
      const lowest = places.length + row.columns >= count;
      const name = suffix(places.length);
      const [x, y] = [`xaxis${name}`, `yaxis${name}`];
      const [across, up] = [[left, left + taken * cell], [bottom, top]];
      axes[x] = { ...shared(xaxis, lowest), ...own[x], domain: across, anchor: `y${name}` };
      const { labels, ...ownY } = own[y] ?? {};
      axes[y] = { ...shared(yaxis, column === 0), ...ownY, domain: up, anchor: `x${name}` };
      if (labels) axes[y].tickfont = { size: Math.min(ownY.tickfont.size, ((top - bottom) * height) / labels) };
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
