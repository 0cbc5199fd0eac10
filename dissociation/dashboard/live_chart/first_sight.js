// What there is to see before the plotting library draws: matrices, where they will stand. To load
// the library and to draw with it takes a browser up to half a second in which it does nothing else.

const PATIENCE = 250; // milliseconds that the library waits for something to show without it

class FirstSight {
  painting = false; // what is shown is not on screen yet, and would not be while the plot is drawn

  constructor(stage, painted) {
    this.layer = make("div", "live-chart-sight", { "aria-hidden": "true" });
    this.painted = painted;
    stage.append(this.layer);
    this.past = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  /** Kept when something has been seen, or is too long in coming. */
  before(expected) {
    setTimeout(this.resolve, expected ? PATIENCE : 0);
    return this.past;
  }

  /** Shows `{ source, left, top, width, height }` each, in pixels. */
  show(images) {
    const shown = JSON.stringify(images);
    if (shown === this.shown || images.length === 0) return;
    const first = this.shown === undefined;
    this.shown = shown;
    const nodes = images.map(({ source, ...place }) => {
      const image = make("img", "", { src: source, alt: "", elementtiming: "first sight" });
      for (const [name, pixels] of Object.entries(place)) image.style[name] = `${pixels}px`;
      return image;
    });
    this.layer.replaceChildren(...nodes);
    if (first) this.paint(nodes);
  }

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
