import assert from "node:assert/strict";
import { test } from "node:test";
import { kindOf } from "#chart/kinds.js";
import { filled, merged } from "#chart/plain.js";
import { preferences } from "./fake_page.js";
import { colors, figure } from "./figures.js";

test("dictionaries are merged, all else is replaced", () => {
  const below = { axis: { range: [0, 1], title: "a" }, shapes: [1, 2] };
  assert.deepEqual(merged(below, { axis: { range: [2] }, shapes: [], more: null }), {
    axis: { range: [2], title: "a" }, shapes: [], more: null,
  });
  assert.deepEqual(below.axis.range, [0, 1]);
});

test("colours are those of the theme, wherever they stand", () => {
  const given = { color: "theme:quiet", shapes: [{ line: { color: "theme:text" } }], y: [1, null], name: "a" };
  assert.deepEqual(filled(given, colors, false), {
    color: "#777", shapes: [{ line: { color: "#111" } }], y: [1, null], name: "a",
  });
});

test("a matrix of bytes becomes its rows", () => {
  const z = { bytes: btoa(String.fromCharCode(0, 255)), shape: [1, 2], low: 0, high: 2 };
  assert.deepEqual(filled([{ z }], colors, false), [{ z: [[0, 2]] }]);
});

test("at a step of a walk everything is as it was then", () => {
  const given = {
    x: { steps: [[1, 2], [3, 4], [5, 6]] },
    way: { steps: [[1, 2], [3, 4], [5, 6]], trail: 1 },
    z: { bytes: btoa(String.fromCharCode(0, 255, 51)), shape: [3, 1, 1], low: 0, high: 5 },
  };
  const at = (step) => filled(given, colors, false, step);
  assert.deepEqual(at(0), { x: [1, 2], way: [1, null, 2, null], z: [[0]] });
  assert.deepEqual(at(2), { x: [5, 6], way: [3, 5, null, 4, 6, null], z: [[1]] });
});

test("a narrow chart has what is compact, others have not", () => {
  const given = [{ marker: { size: 7, color: "theme:line" }, compact: { marker: { size: 5 } } }];
  assert.deepEqual(filled(given, colors, true), [{ marker: { size: 5, color: "#bbb" } }]);
  assert.deepEqual(filled(given, colors, false), [{ marker: { size: 7, color: "#bbb" } }]);
});

test("what Python adds to a layout takes precedence, the rest is as in every chart", () => {
  const part = { traces: [], layout: { hovermode: "closest", xaxis: { dtick: 1 }, compact: { bargap: 1 } } };
  const { layout, traces } = kindOf({ kind: "bars" });
  const made = layout(figure(["a"]), part, colors, 1200);
  assert.deepEqual([made.hovermode, made.xaxis.dtick], ["closest", 1]);
  assert.equal(made.xaxis.title.text, "Noise");
  assert.equal(made.bargap, undefined);
  assert.equal(layout(figure(["a"]), part, colors, 390).bargap, 1);
  assert.deepEqual(traces({ traces: [{ x: [1] }] }, false, colors), [{ x: [1] }]);
});

test("under a finger a drag scrolls the page", () => {
  const { layout } = kindOf({ kind: "lines" });
  const drawn = () => layout(figure(["a"]), { layout: {} }, colors, 1200);
  assert.equal(drawn().dragmode, "zoom");
  preferences.coarse = true;
  assert.equal(drawn().dragmode, false);
  preferences.coarse = false;
});

test("what a chart has of its own is merged over what all have", () => {
  const { layout } = kindOf({ kind: "lines" });
  const shown = figure(["a"], { layout: { xaxis: { range: [0, 1], color: "theme:line" }, compact: { hovermode: "closest" } } });
  const own = { xaxis: { range: [2, 3] } };
  assert.deepEqual(layout(shown, { layout: own }, colors, 1200).xaxis, { range: [2, 3], color: "#bbb" });
  assert.deepEqual([390, 1200].map((width) => layout(shown, { layout: own }, colors, width).hovermode), ["closest", undefined]);
});
