import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { SweepPlayer, trailOf } from "#chart/sweep_player.js";
import { WalkPlayer } from "#chart/walk_player.js";
import { nextFrame, node, preferences } from "./fake_page.js";
import { axis, figure } from "./figures.js";

beforeEach(() => {
  preferences.still = false;
});

const walk = { name: "tree", last: 40 };

function walker() {
  const player = new WalkPlayer({ schedule() {} }, node());
  const step = () => player.at({ traces: [], walk }).step;
  return { player, step };
}

test("a walk rests at its end, and is played from its start", () => {
  const { player, step } = walker();
  assert.equal(step(), 40);
  player.play();
  assert.equal(step(), 0);
  nextFrame();
  for (let frame = 0; frame < 10; frame++) nextFrame(0.125);
  assert.equal(step(), 10);
  player.button.fire("click");
  nextFrame(0.1);
  nextFrame(1);
  assert.equal(step(), 10);
  assert.equal(player.words.textContent, "step 10 of 40");
});

test("a walk that has come to its end rests there", () => {
  const { player, step } = walker();
  step();
  player.play();
  nextFrame();
  for (let frame = 0; frame < 50; frame++) nextFrame(0.125);
  assert.equal(step(), 40);
  assert.equal(player.playing, false);
  assert.equal(player.button.textContent, "▶ Play");
});

test("a page that was away goes on where it was", () => {
  const { player, step } = walker();
  step();
  player.play();
  nextFrame();
  nextFrame(100);
  assert.equal(step(), 2);
});

test("those who want no motion see stills", () => {
  preferences.still = true;
  const { player, step } = walker();
  step();
  player.play();
  nextFrame();
  const seen = new Set();
  for (let frame = 0; frame < 8; frame++) {
    nextFrame(0.25);
    seen.add(step());
  }
  assert.deepEqual([...seen], [0, 7]);
});

test("a hand on the slider stops the walk there", () => {
  const { player, step } = walker();
  step();
  player.play();
  player.slider.value = "17";
  player.slider.fire("input");
  assert.equal(player.playing, false);
  assert.equal(step(), 17);
});

test("another walk begins at its end", () => {
  const { player, step } = walker();
  step();
  player.slider.value = "17";
  player.slider.fire("input");
  const { step: shown } = player.at({ traces: [], walk: { ...walk, name: "other" } });
  assert.equal(shown, 40);
});

test("there is nothing to play on other charts", () => {
  const { player } = walker();
  const snapshot = { traces: [] };
  assert.equal(player.at(snapshot), snapshot);
  assert.equal(player.root.hidden, true);
});

const map = figure([], { kind: "map", x: axis() });
const place = (share, across, up, label = "") => ({ across, up, share, size: 8, label });
const found = {
  traces: [],
  paths: [
    {
      style: { group: "expand", color: "#0072B2", symbol: "circle" },
      count: 2,
      nodes: [place(0, 0.5, 0), place(0.5, 0.3, 0.2, "×2"), place(1, 0.1, 0.4, "×4")],
    },
  ],
};

test("a trail ends where the share of the way does", () => {
  const { nodes } = found.paths[0];
  const trail = trailOf(nodes, 0.75);
  assert.equal(trail.length, 3);
  assert.ok(Math.abs(trail[2].up - 0.3) < 1e-9);
  assert.deepEqual([0, 0.5, 1].map((share) => trailOf(nodes, share).length), [1, 2, 3]);
});

test("sweeps travel from the trained network to their last strengths, over a faded map", () => {
  const player = new SweepPlayer({ schedule() {} }, node());
  const own = [{ uid: "map-expand" }, { uid: "map-trained" }];
  const at = () => player.over(own, map, found);
  assert.deepEqual(at().map(({ uid, opacity }) => [uid, opacity]), [
    ["map-expand", undefined], ["map-trained", undefined], ["trail-expand", undefined],
  ]);
  assert.equal(player.words.textContent, "all strengths");
  player.play();
  nextFrame();
  for (let frame = 0; frame < 8; frame++) nextFrame(0.25);
  const [expand, trained, trail] = at();
  assert.deepEqual([expand.opacity, trained.opacity], [0.25, undefined]);
  assert.deepEqual(trail.x, [0.5, 0.3]);
  assert.equal(player.words.textContent, "strength 1 of 2");
  for (let frame = 0; frame < 9; frame++) nextFrame(0.25);
  assert.deepEqual(at().at(-1).x, [null]);
  assert.equal(player.playing, false);
});

test("a slider at its end shows the map as it was", () => {
  const player = new SweepPlayer({ schedule() {} }, node());
  player.over([], map, found);
  for (const [value, share] of [["1", 0.5], ["2", null]]) {
    player.slider.value = value;
    player.slider.fire("input");
    assert.equal(player.share, share);
  }
});

test("a map without a sweep has nothing to play", () => {
  const player = new SweepPlayer({ schedule() {} }, node());
  player.over([], map, { traces: [], paths: [] });
  assert.equal(player.root.hidden, true);
  const [path] = found.paths;
  player.over([], map, { traces: [], paths: [{ ...path, nodes: path.nodes.slice(0, 1) }] });
  assert.equal(player.root.hidden, true);
});
