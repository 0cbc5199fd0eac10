// What stands around a plot: what is seen before it, the table beneath, lines to the server.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { FirstSight } from "#chart/first_sight.js";
import { RoomLine } from "#chart/room.js";
import { loadPlotly, socketUrl } from "#chart/server.js";
import { TablePart } from "#chart/table.js";
import { nextFrame, node } from "./fake_page.js";

test("a table has its groups, small words, and a place for the keyboard to scroll it", () => {
  const part = new TablePart(node());
  part.show({
    title: "Similarity", columns: ["Measure", "Value"], note: "Of 250 images.",
    groups: [{ name: "Linear", rows: [["CKA", ["0.98", "± 0.01"]]] }],
  }, false);
  assert.equal(part.root.hidden, false);
  assert.equal(
    part.root.textContent, "Similarity Measure Value Linear CKA 0.98 ± 0.01 Of 250 images.",
  );
  const [frame] = part.root.all("div");
  assert.equal(frame.attributes["aria-label"], "Table: Similarity");
  assert.deepEqual(part.root.all("th").map(({ attributes }) => attributes.scope), ["col", "col", "rowgroup", "row"]);
});

test("an old table stays, faded, until there is a new one or none", () => {
  const part = new TablePart(node());
  part.show({ title: "Old", columns: [], groups: [], note: "" }, false);
  part.show(undefined, true);
  assert.ok(part.root.classes.has("live-chart-stale") && part.root.textContent === "Old");
  part.show(undefined, false);
  assert.equal(part.root.hidden, true);
  assert.equal(part.root.textContent, "");
});

test("images are seen first, and then the plot may be drawn", async () => {
  const painted = mock.fn();
  const sight = new FirstSight(node(), painted);
  const image = { source: "data:", left: 1, top: 2, width: 3, height: 4 };
  const create = document.createElement;
  document.createElement = (tag) => Object.assign(create(tag), { decode: async () => {} });
  sight.show([]);
  assert.equal(sight.painting, false);
  sight.show([image]);
  assert.equal(sight.painting, true);
  document.createElement = create;
  await new Promise((resolve) => setTimeout(resolve));
  nextFrame();
  await sight.past;
  assert.equal(sight.painting, false);
  assert.equal(painted.mock.callCount(), 1);
  assert.equal(sight.layer.children[0].style.left, "1px");
  sight.over();
  assert.equal(sight.layer.children.length, 0);
});

test("the library does not wait where there will be nothing to see", async () => {
  await new FirstSight(node(), () => {}).before(false);
});

test("the app is found below a base path, and sockets are as safe as the page", () => {
  const page = (src) => {
    document.querySelector = () => src && { src };
  };
  page(null);
  assert.equal(socketUrl("/api/jobs/1").href, "ws://lab.test/api/jobs/1");
  page("https://lab.test/base/static/js/index.js");
  assert.equal(socketUrl("/api/jobs/1").href, "wss://lab.test/base/api/jobs/1");
});

test("charts share one download, which is tried again when it failed", async () => {
  globalThis.window = globalThis;
  document.head = node("head");
  document.querySelector = () => null;
  const first = loadPlotly("/api/plotly.min.js");
  assert.equal(loadPlotly("/api/plotly.min.js"), first);
  const [script] = document.head.children;
  assert.equal(script.src, "http://lab.test/api/plotly.min.js");
  script.onerror();
  await assert.rejects(first);
  assert.equal(document.head.children.length, 0);
  const second = loadPlotly("/api/plotly.min.js");
  window.Plotly = "the library";
  document.head.children[0].onload();
  assert.equal(await second, "the library");
});

test("a line to a room is taken up again, but not to one that is gone", () => {
  const { setTimeout } = globalThis;
  let later = () => {};
  globalThis.setTimeout = (work) => {
    later = work;
  };
  document.querySelector = () => null;
  const sockets = [];
  globalThis.WebSocket = class {
    constructor(url) {
      this.url = url;
      sockets.push(this);
    }
    close() {}
  };
  const heard = mock.fn();
  const line = new RoomLine("/api/rooms/1", heard);
  const say = (news) => sockets.at(-1).onmessage({ data: JSON.stringify(news) });
  say({ count: 1 });
  say({ count: 2 });
  assert.deepEqual(heard.mock.calls.map(({ arguments: [news, first] }) => [news.count, first]), [[1, true], [2, false]]);
  sockets[0].onclose({ code: 1006 });
  later();
  assert.equal(sockets.length, 2);
  // What the network knows is known at once.
  sockets[1].onclose({ code: 1006 });
  line.hurry();
  assert.equal(sockets.length, 3);
  say({ count: 3 });
  assert.equal(heard.mock.calls.at(-1).arguments[1], true);
  sockets[2].onclose({ code: 4404 });
  assert.deepEqual(line.latest, { count: 3, gone: true });
  line.hurry();
  assert.equal(sockets.length, 3);
  globalThis.setTimeout = setTimeout;
});
