// Charts of many panels, and what they are made of.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bitmapSource, bitmapTrace, bytes, rowsOfBytes } from "#chart/bitmap.js";
import { digitShapes, reach } from "#chart/digits.js";
import { kindOf } from "#chart/kinds.js";
import "./fake_page.js";
import { colors, figure, panels } from "./figures.js";

const base64 = (...values) => btoa(String.fromCharCode(...values));

test("panels lie beside and below one another, within the plot", () => {
  const titles = [0, 1, 2, 3].map((panel) => ({ panel, text: "title" }));
  const part = { traces: [], layout: { xaxis: { side: "top" }, annotations: [...titles, { panel: 3, y: 1 }] } };
  const shown = figure(["a"], { kind: "tables", panels: panels(4, [1, 2, 3]) });
  const { layout, height } = kindOf(shown);
  for (const [width, columns, tall] of [[390, 1, 810], [600, 2, 410], [1200, 3, 410]]) {
    assert.equal(height(shown, width), tall);
    const made = layout(shown, part, colors, width);
    const places = ["", "2", "3", "4"].map((n) => [made[`xaxis${n}`].domain, made[`yaxis${n}`].domain]);
    for (const [[left, right], [bottom, top]] of places) {
      assert.ok(0 <= left && left < right && right <= 1.0001);
      assert.ok(-0.0001 <= bottom && bottom < top && top <= 1);
    }
    if (columns > 1) assert.ok(places[columns - 1][0][0] > places[columns - 2][0][1]);
    assert.ok(places[columns][1][1] < places[0][1][0]);
    // Of the axes of the whole chart nothing is left.
    assert.deepEqual(made.xaxis, { side: "top", domain: places[0][0], anchor: "y" });
    const [first, , , last, row] = made.annotations;
    assert.deepEqual([first.x, first.y, last.x, last.y], [0, places[0][1][1], places[3][0][0], places[3][1][1]]);
    assert.ok(row.y > last.y && row.panel === undefined);
  }
});

test("axes that panels share are told at the left and at the foot", () => {
  const part = { traces: [], layout: { xaxis2: { nticks: 3 }, annotations: [] } };
  const shown = figure(["a"], { kind: "curves", panels: panels(4, [1, 2, 3], { shared: true }) });
  const made = kindOf(shown).layout(shown, part, colors, 1200);
  const told = (axis) => ["", "2", "3", "4"].map((n) => made[`${axis}${n}`].showticklabels);
  assert.deepEqual([told("xaxis"), told("yaxis")], [[false, true, true, true], [true, false, false, true]]);
  assert.deepEqual([made.xaxis2.nticks, made.xaxis2.range, made.xaxis2.title], [3, [0, 1], undefined]);
});

test("in a lecture's window a chart of panels fills it, or takes what it needs", () => {
  const { height } = kindOf({ kind: "tables" });
  const tall = (space, fill) => height(figure(["a"], { space, panels: panels(4, [1, 2, 3], { fill }) }), 1200);
  assert.deepEqual([tall(600, true), tall(300, true), tall(600, false), tall(300, false)], [600, 300, 410, 300]);
});

test("squares take less than the width where they would be too high", () => {
  const { layout, height } = kindOf({ kind: "pictures" });
  const squares = panels(4, [2, 2, 2], { squares: true, beside: 60, margin: 10 }).map(({ rows, ...more }) => ({
    ...more, rows: rows.map((row) => ({ ...row, height: 20 })),
  }));
  for (const [space, tall] of [[null, 590], [400, 400]]) {
    const shown = figure(["a"], { kind: "pictures", panels: squares, space });
    assert.equal(height(shown, 660), tall);
    const { xaxis, xaxis2, yaxis, yaxis3 } = layout(shown, { layout: { annotations: [] } }, colors, 660);
    const side = (xaxis.domain[1] - xaxis.domain[0]) * 600;
    for (const { domain } of [yaxis, yaxis3]) {
      assert.ok(Math.abs((domain[1] - domain[0]) * (tall - 10) - side) < 1e-9);
    }
    assert.equal(xaxis2.domain[1] > 0.999, space === null);
  }
});

test("a matrix of bytes has its values back", () => {
  const matrix = { bytes: base64(0, 51, 255, 102, 0, 0), shape: [2, 3], low: -1, high: 4 };
  assert.deepEqual([...bytes(matrix.bytes)], [0, 51, 255, 102, 0, 0]);
  assert.deepEqual(rowsOfBytes(matrix), [[-1, 0, 4], [1, -1, -1]]);
});

test("a bitmap is a whole file, and its rows begin below", () => {
  const matrix = { bytes: base64(0, 255, 0, 0, 51, 102, 0, 0), shape: [2, 2], stride: 4, largest: 5, colors: "Cividis" };
  const file = bytes(bitmapSource(matrix).split(",")[1]);
  const view = new DataView(file.buffer);
  assert.equal(String.fromCharCode(file[0], file[1]), "BM");
  assert.equal(view.getUint32(2, true), file.length);
  assert.equal(view.getUint32(10, true), file.length - 8);
  assert.deepEqual([view.getInt32(18, true), view.getInt32(22, true)], [2, 2]);
  // The palette is blue, green, red.
  assert.deepEqual([...file.slice(54, 57)], [0x4e, 0x22, 0x00]);
  assert.deepEqual([...file.slice(54 + 4 * 255, 57 + 4 * 255)], [0x38, 0xe8, 0xfe]);
  const { text } = bitmapTrace(matrix);
  assert.deepEqual([text[0], text[1]], [[1, 2], [0, 5]]);
});

test("a cloud is one path a digit, around its points", () => {
  const cloud = { x: [0, 10, 10], y: [0, 0, 5], text: ["7", "7", "1"], marker: { color: ["h", "h", "b"] }, xaxis: "x5", yaxis: "y5" };
  const shapes = digitShapes(cloud, [0.1, 0.2], 12);
  assert.deepEqual(shapes.map(({ line, xref }) => [line.color, xref]), [["b", "x5"], ["h", "x5"]]);
  assert.equal(shapes[1].path, "M-0.4,1.2L0.4,1.2L-0.12,-1.2M9.6,1.2L10.4,1.2L9.88,-1.2");
});

test("what reaches nowhere has a length", () => {
  assert.equal(reach([[1, 1], [1]]), 1.1);
  assert.equal(reach([[0, 1], [-1]]), 2.2);
});

test("matrices are seen first where the plot will have them, and digits are as large on any chart", () => {
  const { layout, sight, drawing } = kindOf({ kind: "representation" });
  const shown = figure(["a"], { panels: panels(2, [1, 1, 1]) });
  const bitmap = { bytes: base64(0, 0, 0, 0), shape: [1, 1], stride: 4, largest: 5, colors: "Viridis" };
  const margin = { l: 30, r: 40, t: 34, b: 6, compact: { t: 62 } };
  const cloud = { uid: "cloud-0", xaxis: "x2", yaxis: "y2", x: [0, 1], y: [0, 4], text: ["1", "1"], marker: { color: ["a", "a"] } };
  const part = {
    traces: [{ uid: "heat", xaxis: "x", yaxis: "y", bitmap }, cloud], layout: { margin, annotations: [] },
  };
  const [seen, ...none] = sight(shown, part, 1070);
  assert.deepEqual([seen.left, seen.width, none], [30, 1000, []]);
  assert.ok(Math.abs(seen.top - (34 + (20 / 410) * 370)) < 1e-9);
  assert.equal(sight(shown, part, 390)[0].height < seen.height, true);
  const [{ path, xref }] = layout(shown, part, colors, 1070).shapes;
  assert.equal(xref, "x2");
  // From the left to the right of the 1, in pixels: 1.5 of the 6 that its strokes are high.
  const [from, to] = path.match(/[ML]([^,]+)/g).map((place) => Number(place.slice(1)));
  assert.ok(Math.abs(((to - from) / 1.1) * 1000 - (1.5 * 10) / 6) < 0.01);
  assert.equal(drawing(shown, { ...part, blank: true }, colors, 1070), null);
});

test("labels beside a low panel are no larger than they have room", () => {
  const axis = (size) => ({ yaxis: { tickfont: { size }, labels: 11 } });
  const size = (given) =>
    kindOf({ kind: "pictures" }).layout(
      figure(["a"], { panels: panels(1, [1, 1, 1]) }), { layout: { ...axis(given), annotations: [] } }, colors, 390,
    ).yaxis.tickfont.size;
  assert.equal(size(10), 10);
  assert.ok(Math.abs(size(30) - (210 * (1 - 20 / 210)) / 11) < 1e-9);
});
