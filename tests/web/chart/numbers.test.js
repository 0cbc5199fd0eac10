import assert from "node:assert/strict";
import { test } from "node:test";
import { number, percent } from "#chart/numbers.js";

test("a number has three digits and no more zeros than it needs", () => {
  const axis = { percent: false };
  assert.deepEqual(
    [0.5, 1 / 3, 1234.5, 0.000012345, 0].map((value) => number(value, axis)),
    ["0.5", "0.333", "1230", "0.0000123", "0"],
  );
});

test("what is not known is a dash", () => {
  assert.equal(number(null, { percent: true }), "–");
  assert.equal(number(undefined, { percent: false }), "–");
});

test("a percentage is 0 or 100 only of nothing and of all", () => {
  const written = (share) => percent(share, (value, more = 0) => value.toFixed(1 + more));
  assert.equal(written(0), "0.0%");
  assert.equal(written(1), "100.0%");
  assert.equal(written(0.9996), "99.96%");
  assert.equal(written(0.99999), "99.999%");
  assert.equal(written(0.0004), "0.04%");
  assert.equal(written(1e-9), "1e-7%");
  assert.equal(written(1 - 1e-9), "over 99.99%");
});
