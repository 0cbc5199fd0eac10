// A walk on a manifold of solutions, played: all panels show the same step.

import { Player } from "./player.js";

/** @import { View } from "./types" */

const WALK_RATE = 8; // steps a second
const STILLS = 1.5; // seconds a picture, for those who want no motion
const FEW_STILLS = 6;

export class WalkPlayer extends Player {
  /** @type {number | null} */
  step = null; // that is shown; null for the last one, where the walk rests
  last = 0;
  /** @type {string | undefined} */
  walk;
  way = 0; // steps, with their parts

  /** @param {{ schedule: () => void }} chart @param {Element} parent */
  constructor(chart, parent) {
    super(chart, parent, "walk", "Step of the walk");
  }

  /**
   * A snapshot with the step to show, if it is of a walk.
   *
   * @param {View} snapshot
   * @returns {View}
   */
  at(snapshot) {
    const { walk } = snapshot;
    this.root.hidden = !walk;
    if (!walk) {
      this.stop();
      return snapshot;
    }
    // Another walk begins at its end, as the first one did.
    if (this.walk !== undefined && this.walk !== walk.name) this.step = null;
    this.walk = walk.name;
    this.last = walk.last;
    if (this.step !== null && this.step > this.last) this.step = null;
    this.render();
    return { ...snapshot, step: this.step ?? this.last };
  }

  /** @override */
  play() {
    this.step ??= 0;
    this.way = this.step;
    this.begin();
    this.chart.schedule();
  }

  /** @override @param {number} seconds */
  advance(seconds) {
    const stride = this.still.matches ? Math.max(1, Math.round(this.last / FEW_STILLS)) : 1;
    this.way += this.still.matches ? (seconds * stride) / STILLS : seconds * WALK_RATE;
    const step = Math.floor(this.way / stride) * stride;
    if (step >= this.last) this.rest();
    else if (step !== this.step) {
      this.step = step;
      this.chart.schedule();
    }
  }

  rest() {
    this.step = null;
    this.pause();
    this.chart.schedule();
  }

  /** @override */
  scrub() {
    this.pause();
    this.step = Number(this.slider.value);
    this.chart.schedule();
  }

  /** @override */
  render() {
    const at = this.step ?? this.last;
    this.show(this.last, 1, at, `step ${at} of ${this.last}`);
  }
}
