// Clouds of digits. A text of SVG a point would take longer than everything else on the page, so all
// images of one digit are one path, drawn with strokes of our own.

/** @import { Plot } from "./types" */

const DIGIT_WIDTH = 4; // of the strokes below, which go up
const DIGIT_HEIGHT = 6;
const STROKES = [
  [[1, 0], [3, 0], [4, 1.5], [4, 4.5], [3, 6], [1, 6], [0, 4.5], [0, 1.5], [1, 0]],
  [[0.7, 4.7], [2.2, 6], [2.2, 0]],
  [[0, 4.7], [0.7, 5.7], [2, 6], [3.4, 5.6], [4, 4.5], [3.5, 3.2], [0, 0], [4, 0]],
  [[0.2, 6], [3.9, 6], [1.8, 3.7], [3.3, 3.3], [4, 2], [3.4, 0.6], [2, 0], [0.6, 0.3], [0, 1.2]],
  [[3, 0], [3, 6], [0, 1.8], [4, 1.8]],
  [[3.7, 6], [0.6, 6], [0.3, 3.4], [2, 3.9], [3.5, 3.2], [4, 2], [3.4, 0.6], [2, 0], [0.6, 0.3], [0, 1.1]],
  [
    [3.4, 5.7], [2.3, 6], [0.9, 5.1], [0.1, 2.9], [0.3, 0.9], [1.3, 0], [2.7, 0], [3.7, 0.8], [4, 1.9],
    [3.6, 3], [2.5, 3.6], [1.2, 3.3], [0.1, 2],
  ],
  [[0, 6], [4, 6], [1.4, 0]],
  [
    [2, 3.3], [0.6, 4], [0.4, 5], [1.1, 5.8], [2, 6], [2.9, 5.8], [3.6, 5], [3.4, 4], [2, 3.3], [0.4, 2.4],
    [0, 1.4], [0.7, 0.3], [2, 0], [3.3, 0.3], [4, 1.4], [3.6, 2.4], [2, 3.3],
  ],
];
STROKES.push(STROKES[6].map(([x, y]) => [DIGIT_WIDTH - x, DIGIT_HEIGHT - y]));

/**
 * How far several lists of numbers reach, with the room that Plotly leaves around them.
 *
 * @param {number[][]} lists
 */
export function reach(lists) {
  const all = lists.flat();
  return 1.1 * (Math.max(...all) - Math.min(...all) || 1);
}

/**
 * One shape a digit: all the points of a cloud that are it.
 *
 * @param {Plot} cloud a trace whose texts are digits
 * @param {number[]} unit a pixel along each of its axes
 * @param {number} size
 * @returns {Plot[]}
 */
export function digitShapes({ x, y, text, marker, xaxis, yaxis }, unit, size) {
  const step = size / DIGIT_HEIGHT;
  const paths = STROKES.map(() => /** @type {string[]} */ ([]));
  /** @param {number} value */
  const round = (value) => Number(value.toPrecision(6));
  for (const [point, digit] of text.entries()) {
    const places = STROKES[digit].map(([right, up]) => [
      round(x[point] + (right - DIGIT_WIDTH / 2) * step * unit[0]),
      round(y[point] + (up - DIGIT_HEIGHT / 2) * step * unit[1]),
    ]);
    paths[digit].push(`M${places.map((place) => place.join(",")).join("L")}`);
  }
  return paths.flatMap((path, digit) => {
    if (path.length === 0) return [];
    const line = { color: marker.color[text.indexOf(String(digit))], width: size / 8 };
    return [{ type: "path", path: path.join(""), xref: xaxis, yref: yaxis, line }];
  });
}
