// The visitor's own curve: points over the plot to be pulled up and down, or drawn in one sweep.
// Each point is a slider, for keyboards and screen readers.

import { number } from "./numbers.js";

/** @import { Drawn, Figure, Plot, Prediction } from "./types" */

const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.01; // of an arrow key, in error
const GRIP = 22; // pixels around a point within which it is pulled itself

/**
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number>} attributes
 */
function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}

/** @param {number} value @param {number} low @param {number} high */
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/**
 * Errors straight between the places along the axis, so that they bend on a logarithmic one.
 *
 * @param {number[]} places
 * @param {number[]} errors
 * @param {boolean} log
 * @param {number} pieces
 */
export function between(places, errors, log, pieces = 8) {
  /** @param {number} x */
  const along = (x) => (log ? Math.log(x) : x);
  /** @param {number} t */
  const back = (t) => (log ? Math.exp(t) : t);
  const x = [places[0]];
  const y = [errors[0]];
  for (let i = 1; i < places.length; i++) {
    for (let step = 1; step <= pieces; step++) {
      const share = step / pieces;
      x.push(back(along(places[i - 1]) * (1 - share) + along(places[i]) * share));
      y.push(errors[i - 1] * (1 - share) + errors[i] * share);
    }
  }
  return { x, y };
}

export class Sketch {
  /**
   * The pointer that draws, the handle it was at last, and how far off it took hold.
   *
   * @type {{ pointer: number, index: number, off: number } | null}
   */
  pulled = null;
  /** @type {SVGGElement[]} */
  handles = [];
  /** @type {Drawn | undefined} */
  plot;
  /** @type {Plot} */
  xaxis = {};
  /** @type {Plot} */
  yaxis = {};

  /** @param {Element} parent @param {Prediction} prediction @param {Figure} figure */
  constructor(parent, prediction, figure) {
    this.svg = shape("svg", { class: "live-chart-sketch", role: "group" });
    this.field = shape("rect", { class: "live-chart-field" });
    this.line = shape("polyline", { class: "live-chart-guess" });
    this.svg.append(this.field, this.line);
    parent.append(this.svg);
    this.figure = figure;
    this.prediction = prediction;
    this.errors = [...(prediction.guess ?? prediction.start)];
    this.ask(prediction, figure);
    this.svg.addEventListener("pointerdown", (event) => this.press(event));
    this.svg.addEventListener("pointermove", (event) => this.pull(event));
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
      this.svg.addEventListener(end, (event) => this.leave(event));
    }
  }

  /**
   * Takes a question; errors are kept while it stays the same one.
   *
   * @param {Prediction} prediction
   * @param {Figure} figure
   */
  ask(prediction, figure) {
    if (this.prediction.question !== prediction.question) {
      this.errors = [...(prediction.guess ?? prediction.start)];
    }
    this.figure = figure;
    this.prediction = prediction;
    this.svg.setAttribute("aria-label", `Your prediction: ${prediction.name}`);
    this.makeHandles();
  }

  makeHandles() {
    if (this.handles.length === this.errors.length) return;
    for (const handle of this.handles) handle.remove();
    this.handles = this.errors.map((_, index) => {
      const handle = shape("g", { class: "live-chart-handle", role: "slider", tabindex: "0" });
      handle.append(shape("circle", { r: GRIP, class: "live-chart-grip" }), shape("circle", { r: 9 }));
      handle.addEventListener("keydown", (event) => this.key(event, index));
      this.svg.append(handle);
      return handle;
    });
  }

  get lowest() {
    return this.figure.y.log ? this.figure.y.low : 0;
  }

  /** @param {number} index @param {number} error */
  set(index, error) {
    this.errors[index] = Math.round(1000 * clamp(error, this.lowest, 1)) / 1000;
  }

  /** @param {KeyboardEvent} event @param {number} index */
  key(event, index) {
    /** @type {Record<string, number>} */
    const steps = {
      ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1,
      PageUp: 10, PageDown: -10, Home: -1000, End: 1000,
    };
    const count = steps[event.key];
    if (count === undefined) return;
    event.preventDefault();
    this.set(index, this.errors[index] + STEP * count);
    this.place(this.plot);
  }

  // ---- pointers

  /** Where a pointer is, in pixels of the plot. @param {MouseEvent} event */
  at(event) {
    const box = this.svg.getBoundingClientRect();
    return {
      x: event.clientX - box.left + this.svg.viewBox.baseVal.x,
      y: event.clientY - box.top + this.svg.viewBox.baseVal.y,
    };
  }

  /** The handle next to it. @param {number} x in pixels */
  nearest(x) {
    const distances = this.prediction.x.map((place) => Math.abs(this.pixel(place) - x));
    return distances.indexOf(Math.min(...distances));
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0 || this.pulled !== null) return;
    event.preventDefault();
    this.svg.setPointerCapture(event.pointerId);
    const { x, y } = this.at(event);
    const index = this.nearest(x);
    // A finger hardly ever hits the middle of a point, which must not leap to it.
    const off = y - this.height(this.errors[index]);
    this.pulled = { pointer: event.pointerId, index, off: Math.abs(off) < GRIP ? off : 0 };
    this.handles[index].focus({ preventScroll: true });
    this.pull(event);
  }

  /** @param {PointerEvent} event */
  leave(event) {
    if (event.pointerId === this.pulled?.pointer) this.pulled = null;
  }

  /** @param {PointerEvent} event */
  pull(event) {
    if (this.pulled === null || event.pointerId !== this.pulled.pointer) return;
    const { x, y } = this.at(event);
    const from = this.pulled.index;
    const to = this.nearest(x);
    const error = this.yaxis.p2d(y - this.pulled.off - this.yaxis._offset);
    const before = this.errors[from];
    // A quick sweep passes over points: they come to lie on its way.
    const way = Math.abs(to - from);
    for (let step = Math.min(1, way); step <= way; step++) {
      const share = way ? step / way : 1;
      this.set(from + Math.sign(to - from) * step, before + (error - before) * share);
    }
    this.pulled.index = to;
    this.place(this.plot);
  }

  // ---- drawing

  /** @param {number} x @returns {number} */
  pixel(x) {
    return this.xaxis._offset + this.xaxis.d2p(x);
  }

  /** @param {number} error @returns {number} */
  height(error) {
    return this.yaxis._offset + this.yaxis.d2p(Math.max(error, this.lowest));
  }

  /** Puts everything where the plot's axes are now. @param {Drawn | undefined} plot */
  place(plot) {
    if (!plot?._fullLayout?.xaxis) return;
    this.plot = plot;
    this.xaxis = plot._fullLayout.xaxis;
    this.yaxis = plot._fullLayout.yaxis;
    const area = {
      x: this.xaxis._offset,
      y: this.yaxis._offset,
      width: this.xaxis._length,
      height: this.yaxis._length,
    };
    for (const [name, value] of Object.entries(area)) this.field.setAttribute(name, String(value));
    this.cover(area);
    const way = between(this.prediction.x, this.errors, this.figure.x.log);
    const points = way.x.map((x, i) => `${this.pixel(x)},${this.height(way.y[i])}`);
    this.line.setAttribute("points", points.join(" "));
    for (const [i, handle] of this.handles.entries()) this.placeHandle(handle, i);
  }

  /**
   * Lies over the plot and the grips at its edges, and no further: beside it a finger scrolls.
   *
   * @param {Record<"x" | "y" | "width" | "height", number>} area
   */
  cover({ x, y, width, height }) {
    const box = [x - GRIP, y - GRIP, width + 2 * GRIP, height + 2 * GRIP];
    this.svg.setAttribute("viewBox", box.join(" "));
    for (const [i, side] of ["left", "top", "width", "height"].entries()) {
      this.svg.style.setProperty(side, `${box[i]}px`);
    }
  }

  /** @param {SVGGElement} handle @param {number} i */
  placeHandle(handle, i) {
    const { x: axis, y } = this.figure;
    const place = this.prediction.x[i];
    handle.setAttribute("transform", `translate(${this.pixel(place)},${this.height(this.errors[i])})`);
    const words = {
      "aria-label": `Error you expect at ${number(place, axis)} (${axis.title})`,
      "aria-valuemin": this.lowest,
      "aria-valuemax": 1,
      "aria-valuenow": this.errors[i],
      "aria-valuetext": number(this.errors[i], y),
    };
    for (const [name, value] of Object.entries(words)) handle.setAttribute(name, String(value));
  }

  remove() {
    this.svg.remove();
  }
}
