// How much of its window a plot may have in a lecture, where nobody scrolls to see the rest of it.

const EDGE = 12; // pixels kept free beneath a plot
const BAR = 64; // pixels above a plot that is scrolled to, for its title
const LEAST = 0.4; // of the window; a plot that would get less where it stands is scrolled to

export class LectureWindow {
  /** @type {number | undefined} */
  shown; // pixels, the last time that anybody asked
  natural = 0;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} plot
   * @param {() => void} changed called when the plot that is shown has more or less space now
   */
  constructor(root, plot, changed) {
    this.root = root;
    this.plot = plot;
    this.page = root.closest('[data-testid="stMain"]');
    // What stands above the plot may grow, and the window may become lower.
    this.moves = new ResizeObserver(() => {
      const before = this.shown;
      if (before !== undefined && this.space(this.natural) !== before) changed();
    });
    for (const node of [this.page, ...(this.page?.children ?? [])]) if (node) this.moves.observe(node);
  }

  /**
   * Pixels of height for a plot that would have `natural` ones, or `null` outside of the lab.
   *
   * @param {number} natural
   */
  space(natural) {
    if (!this.page) return null;
    this.natural = natural;
    /** @type {NodeListOf<HTMLElement>} */
    const beneath = this.root.querySelectorAll(".live-chart-below, .live-chart-player");
    const taken = [...beneath].reduce((sum, node) => sum + node.offsetHeight, EDGE);
    const from = this.page.getBoundingClientRect().top - this.page.scrollTop;
    const above = this.plot.getBoundingClientRect().top - from;
    const all = this.page.clientHeight - taken;
    const first = all - above >= LEAST * this.page.clientHeight;
    this.shown = Math.floor(first ? all - above : Math.min(natural, all - BAR));
    return this.shown;
  }

  remove() {
    this.moves.disconnect();
  }
}
