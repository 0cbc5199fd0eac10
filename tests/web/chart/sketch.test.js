import assert from "node:assert/strict";
import { test } from "node:test";
import { predictionTraces } from "#chart/prediction.js";
import { between, Sketch } from "#chart/sketch.js";
import { node } from "./fake_page.js";
import { figure, logarithmic } from "./figures.js";

const question = (more = {}) => ({
  question: "which?", name: "expanded", x: [0, 0.5, 1], start: [0.1, 0.1, 0.1], guess: null, drawing: true,
  words: "", button: "", waiting: "", room: null, revision: "", band: true, ...more,
});
const identity = { _offset: 0, _length: 100, d2p: (value) => 100 * value, p2d: (pixels) => pixels / 100 };
const plot = { _fullLayout: { xaxis: identity, yaxis: identity } };

function sketch(shown = figure(["a"]), asked = question()) {
  const made = new Sketch(node(), asked, shown);
  made.place(plot);
  return made;
}

test("a line between places bends on a logarithmic axis", () => {
  const { x, y } = between([0.01, 1], [0, 1], true, 2);
  assert.deepEqual(x.map((value) => Number(value.toFixed(6))), [0.01, 0.1, 1]);
  assert.deepEqual(y, [0, 0.5, 1]);
  assert.deepEqual(between([0, 1], [0, 1], false, 2).x, [0, 0.5, 1]);
});

test("keys move a point, no further than the axis goes", () => {
  const { errors, handles } = sketch();
  const press = (key) => handles[1].fire("keydown", { key });
  press("ArrowUp");
  assert.deepEqual(errors, [0.1, 0.11, 0.1]);
  press("PageUp");
  assert.equal(errors[1], 0.21);
  press("End");
  assert.equal(errors[1], 1);
  press("Home");
  assert.equal(errors[1], 0);
  press("x");
  assert.equal(errors[1], 0);
  assert.equal(handles[1].attributes["aria-valuetext"], "0%");
});

test("nothing is predicted below the foot of a logarithmic axis", () => {
  const { errors, handles } = sketch(figure(["a"], { y: logarithmic() }));
  handles[0].fire("keydown", { key: "Home" });
  assert.equal(errors[0], 0.01);
});

test("a point is pulled by where it was taken hold of", () => {
  const { svg, errors } = sketch();
  svg.fire("pointerdown", { clientX: 52, clientY: 15 });
  assert.equal(errors[1], 0.1);
  svg.fire("pointermove", { clientX: 52, clientY: 45 });
  assert.equal(errors[1], 0.4);
  svg.fire("pointerup");
  svg.fire("pointermove", { clientX: 52, clientY: 90 });
  assert.equal(errors[1], 0.4);
});

test("a sweep takes along the points that it passes over", () => {
  const { svg, errors } = sketch();
  svg.fire("pointerdown", { clientX: 0, clientY: 60 });
  svg.fire("pointermove", { clientX: 100, clientY: 80 });
  assert.deepEqual(errors, [0.6, 0.7, 0.8]);
});

test("another finger does not draw", () => {
  const { svg, errors } = sketch();
  svg.fire("pointerdown", { clientX: 0, clientY: 10 });
  svg.fire("pointermove", { clientX: 0, clientY: 90, pointerId: 2 });
  assert.deepEqual(errors, [0.1, 0.1, 0.1]);
});

test("a sketch is kept while the question is the same", () => {
  const made = sketch();
  made.handles[0].fire("keydown", { key: "End" });
  made.ask(question({ words: "new" }), figure(["a"]));
  assert.deepEqual(made.errors, [1, 0.1, 0.1]);
  made.ask(question({ question: "another", x: [0, 1], start: [0.3, 0.3] }), figure(["a"]));
  assert.deepEqual(made.errors, [0.3, 0.3]);
  assert.equal(made.handles.length, 2);
});

test("a prediction is drawn once it was handed in, and the class's where it may be seen", () => {
  const room = { count: 7, band: { low: [0, 0, 0], high: [1, 1, 1], mean: [0.5, 0.5, 0.5] } };
  const names = (asked, seen) =>
    predictionTraces(figure(["a"]), asked, seen, "#000").map(({ uid }) => uid.split("-")[0]);
  assert.deepEqual(names(null, room), []);
  assert.deepEqual(names(question({ guess: [0, 0, 0] }), null), []);
  assert.deepEqual(names(question({ guess: [0, 0, 0], drawing: false }), null), ["guess"]);
  assert.deepEqual(names(question(), room), ["class", "guess"]);
  assert.deepEqual(names(question({ band: false }), room), []);
});
