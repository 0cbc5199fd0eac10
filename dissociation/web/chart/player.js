// What plays something beneath a chart: a button, a slider and words; with the keyboard, too.

import { make } from "./elements.js";

const LONGEST_FRAME = 0.25; // seconds; a page that was away goes on where it was

export class Player {
  playing = false;

  /** @type {number | undefined} */
  before; // milliseconds at the last frame
  frame = 0;

  /**
   * @param {{ schedule: () => void }} chart which is to be drawn anew then
   * @param {Element} parent
   * @param {string} noun what is played
   * @param {string} along what the slider tells
   */
  constructor(chart, parent, noun, along) {
    this.chart = chart;
    this.noun = noun;
    this.button = make("button", "live-chart-button live-chart-play", { type: "button" });
    const range = { type: "range", min: "0", "aria-label": along };
    this.slider = make("input", "live-chart-scrub", range);
    this.words = make("span", "live-chart-words");
    const group = { role: "group", "aria-label": `The ${noun}, played`, hidden: "" };
    this.root = make("div", "live-chart-player", group);
    this.root.append(this.button, this.slider, this.words);
    parent.append(this.root);
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.button.addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    this.slider.addEventListener("input", () => {
      // A finger, unlike a mouse, moves a slider without giving it the focus.
      this.slider.focus({ preventScroll: true });
      this.scrub();
    });
  }

  // ---- what each player does in its own way

  play() {}

  /** The slider was moved. */
  scrub() {}

  render() {}

  /** @param {number} _seconds that have passed */
  advance(_seconds) {}

  // ----

  /** From now on `advance` is told of the seconds that pass. */
  begin() {
    this.playing = true;
    this.before = undefined;
    this.frame = requestAnimationFrame((now) => this.tick(now));
    this.render();
  }

  /** @param {number} now */
  tick(now) {
    const seconds = (now - (this.before ?? now)) / 1000;
    this.before = now;
    this.frame = requestAnimationFrame((next) => this.tick(next));
    this.advance(Math.min(seconds, LONGEST_FRAME));
  }

  stop() {
    this.playing = false;
    cancelAnimationFrame(this.frame);
  }

  pause() {
    this.stop();
    this.render();
  }

  /**
   * The slider at `at` of `steps`, with words for what that is.
   *
   * @param {number} steps
   * @param {number} step
   * @param {number} at
   * @param {string} words
   */
  show(steps, step, at, words) {
    const [sign, verb] = this.playing ? ["❚❚", "Pause"] : ["▶", "Play"];
    this.button.textContent = `${sign} ${verb}`;
    this.button.setAttribute("aria-label", `${verb} the ${this.noun}`);
    this.slider.max = String(steps);
    this.slider.step = String(step);
    // A slider under the hand is where it is: to round its value would hold it back.
    if (document.activeElement !== this.slider || this.playing) this.slider.value = String(at);
    this.slider.setAttribute("aria-valuetext", words);
    this.words.textContent = words;
  }

  remove() {
    cancelAnimationFrame(this.frame);
  }
}
