import assert from "node:assert/strict";
import { test } from "node:test";
import { bridgeTraces } from "#chart/bridge.js";
import { mapLayout, mapPaths, mapTraces } from "#chart/map.js";
import { trailOf } from "#chart/sweep_player.js";
import "./fake_page.js";
import { axis, colors, figure, logarithmic, style } from "./figures.js";

const places = (key, across, up) => ({ key, x: [0], y: [0], detail: "", places: { noise: across, rsa: up } });

const shown = (more = {}) =>
  figure([], {
    kind: "map", x: logarithmic({ title: "Noise" }), y: axis({ title: "RSA", auto: true }),
    across: "noise", up: "rsa", reference: "trained",
    traces: [
      style("0", { group: "trained", dash: "" }),
      style("1", { group: "expand", label: "×2" }),
      style("2", { group: "expand", label: "×4" }),
      style("3", { group: "shrink", label: "×½" }),
    ],
    ...more,
  });
const snapshot = {
  traces: [places("0", 0.5, 0), places("1", 0.3, 0.2), places("2", 0.1, 0.4), places("3", 0.1, 0.401)],
};

test("a group is one trace, and the reference lies above all", () => {
  const traces = mapTraces(shown(), snapshot, false);
  assert.deepEqual(traces.map(({ uid, x }) => [uid, x]), [
    ["map-expand", [0.3, 0.1]], ["map-shrink", [0.1]], ["map-trained", [0.5]],
  ]);
  assert.deepEqual(traces[0].customdata, ["1", "2"]);
});

test("sweeps that end in one place share a label", () => {
  const texts = mapTraces(shown(), snapshot, false).map(({ text }) => text);
  assert.deepEqual(texts, [["", "×4, ×½"], [""], [""]]);
});

test("what is not known yet is not drawn, and what lies below the axis stands at its foot", () => {
  const traces = [places("1", null, 0.2), places("2", 0.0001, 0.4)];
  const [expand] = mapTraces(shown(), { traces }, false);
  assert.deepEqual([expand.x, expand.y], [[0.01], [0.4]]);
  // The second strength keeps its size.
  assert.deepEqual(expand.marker.size, [10.5]);
});

test("a map on which nothing differs is no mountain range of rounding", () => {
  const flat = { traces: [places("0", 0.5, 0), places("1", 0.3, 1e-7)] };
  const range = (found) => mapLayout(shown(), found, colors, 1200).yaxis.range;
  assert.equal(range(flat)[1], 0.05);
  assert.equal(range(snapshot), undefined);
});

test("a sweep leaves the reference and passes through its strengths", () => {
  const [path] = mapPaths(shown(), snapshot);
  assert.deepEqual(path.nodes.map(({ share, label }) => [share, label]), [[0, ""], [0.5, "×2"], [1, "×4"]]);
  const between = trailOf(path.nodes, 0.75);
  assert.equal(between.length, 3);
  assert.ok(Math.abs(between[2].up - 0.3) < 1e-9);
  assert.equal(trailOf(path.nodes, 0.5).length, 2);
  assert.equal(trailOf(path.nodes, 1).length, 3);
});

test("a bridge says the slope of its laws, and labels only what is far from the crowd", () => {
  const law = { key: "best-law-noise", x: [0.1, 1], y: [1, 10], detail: "", slope: -0.987, r2: 0.5 };
  const bridge = shown({ traces: [...shown().traces, style("best-law", { group: "law", name: "best" })] });
  const far = [places("0", 0.5, 1), places("2", 0.01, 1), places("3", 0.4, 2)];
  const traces = bridgeTraces(bridge, { traces: [...far, law] }, false);
  assert.equal(traces[0].name, "best: slope −0.99, R² = 0.50");
  assert.deepEqual(traces.slice(1, 3).map(({ text }) => text), [["×4"], [""]]);
});
