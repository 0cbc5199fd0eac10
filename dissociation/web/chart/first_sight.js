// What there is to see before the plotting library draws: matrices, where they will stand. To load
// the library and to draw with it takes a browser up to half a second in which it does nothing else.

import { afterPaint, make } from "./elements.js";

/** @import { Sight } from "./types" */

const PATIENCE = 250; // milliseconds that the library waits for something to show without it

export class FirstSight {
  painting = false; // what is shown is not on screen yet, and would not be while the plot is drawn

  /** @type {string | undefined} */
  shown;
  resolve = () => {};

  /** @param {Element} stage @param {() => void} painted called when it is on screen */
  constructor(stage, painted) {
    this.layer = make("div", "live-chart-sight", { "aria-hidden": "true" });
    this.painted = painted;
    stage.append(this.layer);
    /** @type {Promise<void>} kept when something has been seen, or is too long in coming */
    this.past = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  /**
   * What has to be waited for; `expected`: whether there will be something to see.
   *
   * @param {boolean} expected
   */
  before(expected) {
    setTimeout(this.resolve, expected ? PATIENCE : 0);
    return this.past;
  }

  /** @param {Sight[]} images */
  show(images) {
    const shown = JSON.stringify(images);
    if (shown === this.shown || images.length === 0) return;
    const first = this.shown === undefined;
    this.shown = shown;
    const nodes = images.map(({ source, ...place }) => {
      const image = make("img", "", { src: source, alt: "", elementtiming: "first sight" });
      for (const [name, pixels] of Object.entries(place)) image.style.setProperty(name, `${pixels}px`);
      return image;
    });
    this.layer.replaceChildren(...nodes);
    if (first) this.paint(nodes);
  }

  /** @param {HTMLImageElement[]} nodes */
  async paint(nodes) {
    this.painting = true;
    // Browsers decode in the background, and would paint the layer empty meanwhile.
    await Promise.allSettled(nodes.map((image) => image.decode()));
    afterPaint(() => {
      this.painting = false;
      this.resolve();
      this.painted();
    });
  }

  /** The plot itself is there. */
  over() {
    this.layer.replaceChildren();
  }
}
