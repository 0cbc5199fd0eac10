import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { follow } from "#chart/feed.js";
import "./fake_page.js";

const { setTimeout } = globalThis;
let sockets;
let later;

beforeEach(() => {
  sockets = [];
  later = null;
  document.querySelector = () => null;
  globalThis.WebSocket = class {
    open = true;

    constructor() {
      sockets.push(this);
    }

    close() {
      this.open = false;
    }
  };
  globalThis.setTimeout = (work) => {
    later = work;
  };
});

afterEach(() => {
  globalThis.setTimeout = setTimeout;
});

function chart(key, address = "/api/jobs/1") {
  const heard = [];
  const cuts = [];
  const line = follow(address, { key, hear: (news) => heard.push(news), cut: (lost) => cuts.push(lost) });
  return { heard, cuts, line };
}

const say = (charts, more = {}) =>
  sockets.at(-1).onmessage({ data: JSON.stringify({ version: 1, state: "running", charts, ...more }) });
const part = (name) => ({ figure: name, traces: [name], layout: { name } });

test("all charts of a page share one socket, and each hears its own", () => {
  const [one, other] = [chart("a"), chart("b")];
  assert.equal(sockets.length, 1);
  say({ a: part("A"), b: part("B") });
  assert.deepEqual(one.heard.map(({ traces, version }) => [traces, version]), [[["A"], 1]]);
  assert.deepEqual(other.heard[0].traces, ["B"]);
  assert.equal("charts" in other.heard[0], false);
  one.line.leave();
  assert.ok(sockets[0].open);
  other.line.leave();
  assert.equal(sockets[0].open, false);
});

test("what a message leaves out is as in the one before", () => {
  const { heard, line } = chart("a");
  say({ a: part("A") });
  say({ a: {} }, { version: 2 });
  say({ a: { traces: ["new"] } }, { version: 3 });
  assert.deepEqual(heard.map(({ traces, layout }) => [...traces, layout.name]), [
    ["A", "A"], ["A", "A"], ["new", "A"],
  ]);
  line.leave();
});

test("a chart that comes later hears at once what was said, but not once it has left", async () => {
  const first = chart("a");
  say({ a: part("A"), b: part("B") });
  const [late, gone] = [chart("b"), chart("b")];
  gone.line.leave();
  assert.deepEqual(late.heard, []);
  await Promise.resolve();
  assert.deepEqual(late.heard[0].traces, ["B"]);
  assert.deepEqual(gone.heard, []);
  for (const { line } of [first, late]) line.leave();
});

test("a chart that the server does not know hears how far the job is", () => {
  const { heard, line } = chart("c");
  say({ a: part("A") });
  assert.deepEqual([heard[0].state, heard[0].traces], ["running", []]);
  line.leave();
});

test("a broken line is tried again, and at once when the network is back", () => {
  const { cuts, heard, line } = chart("a");
  sockets[0].onclose({ code: 1006 });
  assert.deepEqual(cuts, [false]);
  later();
  assert.equal(sockets.length, 2);
  sockets[1].onclose({ code: 1006 });
  line.hurry();
  line.hurry();
  assert.equal(sockets.length, 3);
  say({ a: part("A") });
  assert.equal(heard.length, 1);
  line.leave();
});

test("a job that is unknown is not asked for again", () => {
  const { cuts, line } = chart("a");
  sockets[0].onclose({ code: 4404 });
  assert.deepEqual(cuts, [true]);
  assert.equal(later, null);
  line.leave();
});

test("jobs have lines of their own, and a job that was left is asked for anew", () => {
  const [one, other] = [chart("a"), chart("a", "/api/jobs/2")];
  assert.equal(sockets.length, 2);
  one.line.leave();
  const again = chart("a");
  assert.equal(sockets.length, 3);
  for (const { line } of [other, again]) line.leave();
});
