import assert from "node:assert/strict";
import { test } from "node:test";
import { plotlyTraces } from "#chart/lines.js";
import { hasCurve } from "#chart/theory.js";
import { axis, curve, figure, logarithmic } from "./figures.js";

const named = (traces, name) => traces.find(({ uid }) => uid === name);
const shown = figure(["a"], { y: logarithmic({ title: "Error", percent: true }) });

test("every condition has its band, its line and its zeros, bands below", () => {
  const traces = plotlyTraces(figure(["a", "b"]), { traces: [curve("a", [0.5])] }, false);
  assert.deepEqual(
    traces.map(({ uid }) => uid),
    ["band-a", "band-b", "zero-a", "line-a", "zero-b", "line-b"],
  );
  for (const { uid, legendgroup } of traces) assert.equal(legendgroup, uid.at(-1));
});

test("a condition without points keeps its place in the legend", () => {
  const line = named(plotlyTraces(shown, { traces: [] }, false), "line-a");
  assert.deepEqual([line.x, line.y, line.name], [[null], [null], "The a"]);
});

test("a band has a polygon for each run without a gap", () => {
  const { x, y } = named(
    plotlyTraces(figure(["a"]), { traces: [curve("a", [0.5, 0.6, null, 0.8], {
      low: [0.4, 0.5, null, 0.7], high: [0.6, 0.7, null, 0.9], x: [1, 2, 3, 4],
    })] }, false),
    "band-a",
  );
  assert.deepEqual(x, [1, 2, 2, 1, null, 4, 4, null]);
  assert.deepEqual(y, [0.6, 0.7, 0.5, 0.4, null, 0.9, 0.7, null]);
});

test("a band ends at the foot of a logarithmic axis", () => {
  const { y } = named(plotlyTraces(shown, { traces: [curve("a", [0.05])] }, false), "band-a");
  assert.deepEqual(y.map((value) => value && Number(value.toFixed(3))), [0.15, 0.01, null]);
});

test("no errors at all stand as triangles at the foot of a logarithmic axis", () => {
  const traces = plotlyTraces(shown, { traces: [curve("a", [0, 0.2])] }, false);
  assert.deepEqual(named(traces, "zero-a").x, [0.1]);
  assert.deepEqual(named(traces, "zero-a").y, [0.01]);
  assert.deepEqual(named(traces, "line-a").y, [null, 0.2]);
  const linear = plotlyTraces(figure(["a"]), { traces: [curve("a", [0, 0.2])] }, false);
  assert.deepEqual(named(linear, "zero-a").x, []);
  assert.deepEqual(named(linear, "line-a").y, [0, 0.2]);
});

test("a point says its value, its band and its detail, which may stand in the title of all", () => {
  const traces = (details, compact) =>
    plotlyTraces(
      figure(["a", "b"]),
      { traces: details.map((detail, i) => curve("ab"[i], [0.5], { detail })) },
      compact,
    );
  const said = (...how) => named(traces(...how), "line-a").hovertext[0];
  assert.equal(said(["2 seeds", "2 seeds"], false), "The a  <b>50%</b> (40%–60%)");
  assert.equal(said(["2 seeds", "<3>"], false), "The a  <b>50%</b> (40%–60%)  2 seeds");
  assert.equal(said(["2 seeds", "2 seeds"], true), "<b>The a</b> at 0.1<br><b>50%</b> (40%–60%)<br>2 seeds");
});

test("theory is drawn before anything is measured, and named once", () => {
  const predicted = { key: "a", x: [], y: [], low: [], high: [], detail: "", theory: { x: [1, 2], y: [0, 0.5], detail: "exact" } };
  const told = { ...shown, theory: "theory", x: axis() };
  const traces = plotlyTraces(told, { traces: [predicted] }, false);
  assert.deepEqual(named(traces, "theory-a").y, [null, 0.5]);
  assert.equal(traces.filter(({ uid }) => uid === "theory-meaning").length, 1);
  assert.equal(hasCurve({ figure: told, snapshot: { traces: [predicted] } }), true);
  assert.equal(hasCurve({ figure: { ...told, theory: "" }, snapshot: { traces: [predicted] } }), false);
  assert.equal(named(plotlyTraces(shown, { traces: [predicted] }, false), "theory-a"), undefined);
});
