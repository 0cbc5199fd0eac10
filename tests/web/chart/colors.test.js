import assert from "node:assert/strict";
import { test } from "node:test";
import { theme, translucent } from "#chart/colors.js";
import { literal, uid } from "#chart/texts.js";
import "./fake_page.js";

test("a colour is made translucent", () => {
  assert.equal(translucent("#0072B2", 0.22), "rgba(0,114,178,0.22)");
});

test("the theme is read from the page, and outside of the lab there is one, too", () => {
  const properties = { "--st-text-color": " #fafafa ", "--st-font": "Source Sans" };
  const before = globalThis.getComputedStyle;
  globalThis.getComputedStyle = () => ({ getPropertyValue: (name) => properties[name] ?? "" });
  const { text, font, background } = theme(null);
  globalThis.getComputedStyle = before;
  assert.deepEqual({ text, font, background }, { text: "#fafafa", font: "Source Sans", background: "#fff" });
});

test("no text is taken for HTML", () => {
  assert.equal(literal("<b>a & b</b>"), "&lt;b&gt;a &amp; b&lt;/b&gt;");
});

test("names of traces differ when their keys do, and have no sign that CSS reads", () => {
  const keys = ["a.b", "a b", "a_b", "σ", "scale:2"];
  const found = keys.map((key) => uid("line", key));
  assert.equal(new Set(found).size, keys.length);
  for (const name of found) assert.match(name, /^line-[\w]+$/);
});
