import assert from "node:assert/strict";
import { test } from "node:test";
import { plotlyAxis, plotlyHeight, plotlyLayout, suffix } from "#chart/layout.js";
import { preferences } from "./fake_page.js";
import { axis, colors, figure, logarithmic } from "./figures.js";

test("an axis has its range in Plotly's units, or follows the data", () => {
  assert.deepEqual(plotlyAxis(axis({ low: 0, high: 2 }), colors, false).range, [0, 2]);
  assert.deepEqual(plotlyAxis(logarithmic({ high: 100 }), colors, false).range, [-2, 2]);
  const free = plotlyAxis(axis({ auto: true }), colors, false);
  assert.equal(free.autorange, true);
  assert.equal(free.range, undefined);
});

test("only a logarithmic axis has its ticks counted, fewer on a phone", () => {
  const counts = [axis(), logarithmic()].flatMap((one) =>
    [false, true].map((compact) => plotlyAxis(one, colors, compact).nticks),
  );
  assert.deepEqual(counts, [0, 0, 5, 4]);
});

test("the title of an axis is no HTML", () => {
  assert.equal(plotlyAxis(axis({ title: "a < b" }), colors, false).title.text, "a &lt; b");
});

test("on a phone every further row of the legend makes the chart higher", () => {
  const many = figure(["a", "b", "c", "d", "e"]);
  assert.equal(plotlyHeight(many, 1200), 420);
  assert.equal(plotlyHeight(many, 390), 380);
  assert.equal(plotlyHeight(many, 390, 2), 420);
  assert.equal(plotlyHeight({ ...many, theory: "theory" }, 390), 400);
  assert.equal(plotlyHeight({ ...many, scale: 4 }, 1200), 840);
  assert.equal(plotlyHeight({ ...many, space: 500 }, 1200), 500);
  assert.equal(plotlyHeight({ ...many, fixed: true }, 390), 420);
  assert.equal(plotlyHeight({ ...many, fixed: true, space: 300 }, 1200), 300);
});

test("under a finger a drag scrolls the page", () => {
  const drawn = () => plotlyLayout(figure(["a"]), colors, 1200);
  assert.equal(drawn().dragmode, "zoom");
  preferences.coarse = true;
  assert.equal(drawn().dragmode, false);
  preferences.coarse = false;
});

test("zoom is kept while the revision is the same", () => {
  const { uirevision, selectionrevision } = plotlyLayout(
    figure(["a"], { revision: "axes" }), colors, 1200,
  );
  assert.deepEqual([uirevision, selectionrevision], ["axes", "axes"]);
});

test("the first panel's axes have no number", () => {
  assert.deepEqual([0, 1, 2].map(suffix), ["", "2", "3"]);
});
