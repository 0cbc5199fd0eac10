import assert from "node:assert/strict";
import { test } from "node:test";
import { plotlyHeight, suffix } from "#chart/layout.js";
import { figure } from "./figures.js";

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

test("the first panel's axes have no number", () => {
  assert.deepEqual([0, 1, 2].map(suffix), ["", "2", "3"]);
});
