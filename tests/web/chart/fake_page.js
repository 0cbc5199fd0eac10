// As much of a browser as the scripts of the live chart ask for; importing this makes it global.

class FakeNode {
  children = [];
  attributes = {};
  listeners = {};
  classes = new Set();
  value = "";
  parent = null;

  constructor(tag) {
    this.tag = tag;
    this.style = { setProperty: (name, value) => (this.style[name] = value) };
    this.classList = {
      add: (name) => this.classes.add(name),
      toggle: (name, on) => (on ? this.classes.add(name) : this.classes.delete(name)),
    };
    this.viewBox = { baseVal: { x: 0, y: 0 } };
  }

  set textContent(text) {
    this.text = text;
    this.children = [];
  }

  /** All text in it, as a reader meets it. */
  get textContent() {
    return [this.text, ...this.children.map((child) => child.textContent)].filter(Boolean).join(" ");
  }

  set hidden(hidden) {
    if (hidden) this.attributes.hidden = "";
    else delete this.attributes.hidden;
  }

  get hidden() {
    return "hidden" in this.attributes;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  append(...nodes) {
    for (const node of nodes) node.parent = this;
    this.children.push(...nodes);
  }

  replaceChildren(...nodes) {
    this.children = [];
    this.append(...nodes);
  }

  remove() {
    this.parent.children = this.parent.children.filter((child) => child !== this);
  }

  addEventListener(event, listener) {
    this.listeners[event] = listener;
  }

  /** What happens to it in the browser. */
  fire(event, more = {}) {
    this.listeners[event]({ preventDefault() {}, button: 0, pointerId: 1, ...more });
  }

  getBoundingClientRect() {
    return { left: 0, top: 0 };
  }

  querySelector() {
    return null;
  }

  setPointerCapture() {}

  focus() {
    document.activeElement = this;
  }

  /** Those of a tag in it, from the top. */
  all(tag) {
    const below = this.children.flatMap((child) => child.all(tag));
    return this.tag === tag ? [this, ...below] : below;
  }
}

export const node = (tag = "div") => new FakeNode(tag);

let frames = [];
let now = 0;

/** Lets the browser draw, so many seconds after the last time. */
export function nextFrame(seconds = 0) {
  now += 1000 * seconds;
  const due = frames;
  frames = [];
  for (const { work } of due) work(now);
}

export const preferences = { still: false, coarse: false };

Object.assign(globalThis, {
  document: { createElement: node, createElementNS: (_, tag) => node(tag), activeElement: null },
  location: new URL("http://lab.test/Robustness?x=1"),
  getComputedStyle: () => ({ getPropertyValue: () => "" }),
  matchMedia: (query) => ({
    get matches() {
      return query.includes("reduced-motion") ? preferences.still : preferences.coarse;
    },
  }),
  requestAnimationFrame: (work) => frames.push({ work }),
  cancelAnimationFrame: () => (frames = []),
});
