// A map's sweeps, played: every rewrite leaves the network it was made of and passes through its
// strengths. Only traces are added and others faded, so axes, zoom and legend stay as they are.

import { Player } from "./player.js";
import { literal, uid } from "./texts.js";

/** @import { Figure, Node, Path, Plot, View } from "./types" */

const PLAY_SECONDS = 4;
const FADED = 0.25;

/**
 * The nodes of a path up to a share of the way, the last one where the share ends.
 *
 * @param {Node[]} nodes
 * @param {number} share
 */
export function trailOf(nodes, share) {
  const passed = nodes.filter((node) => node.share <= share);
  const [last, next] = [passed.at(-1), nodes[passed.length]];
  if (!last || !next) return passed;
  const t = (share - last.share) / (next.share - last.share);
  if (t < 1e-9) return passed;
  /** @param {"across" | "up" | "size"} name */
  const mix = (name) => last[name] * (1 - t) + next[name] * t;
  return [...passed, { ...last, across: mix("across"), up: mix("up"), size: mix("size") }];
}

/** @param {Figure} figure @param {Path} path @param {number | null} share @returns {Plot} */
function trailTrace(figure, { style, nodes }, share) {
  const trail = share === null ? [] : trailOf(nodes, share);
  const head = trail.length - 1;
  /** @param {Node} node */
  const place = (node) => (figure.x.log ? 10 ** node.across : node.across);
  return {
    uid: uid("trail", style.group),
    type: "scatter",
    mode: "lines+markers+text",
    x: trail.length ? trail.map(place) : [null],
    y: trail.length ? trail.map(({ up }) => up) : [null],
    text: trail.map(({ label }, i) => (i === head ? literal(label) : "")),
    textposition: "middle right",
    textfont: { size: figure.scale * 11 },
    hoverinfo: "skip",
    showlegend: false,
    legendgroup: style.group,
    cliponaxis: false,
    line: { color: style.color, width: 3 * figure.scale },
    marker: {
      color: style.color,
      symbol: style.symbol,
      opacity: 1,
      size: trail.map(({ size }, i) => (i === head ? size : 5 * figure.scale)),
      line: { color: "#ffffff", width: 1 },
    },
  };
}

export class SweepPlayer extends Player {
  /** @type {number | null} */
  share = null; // of the way that is shown; null at rest, when there is nothing to travel
  steps = 0; // strengths of the longest sweep
  way = 0; // the share, while it is played

  /** @param {{ schedule: () => void }} chart @param {Element} parent */
  constructor(chart, parent) {
    super(chart, parent, "sweep", "How far along the sweep");
  }

  /**
   * What to draw of a map: its own traces, with those of the journey, which rests on them.
   *
   * @param {Plot[]} traces
   * @param {Figure} figure
   * @param {View} snapshot
   * @returns {Plot[]}
   */
  over(traces, figure, snapshot) {
    const paths = snapshot.paths;
    this.offer(paths);
    const swept = new Set(paths.map(({ style }) => uid("map", style.group)));
    /** @param {Plot} trace */
    const faded = (trace) => (swept.has(trace.uid) ? { ...trace, opacity: FADED } : trace);
    return [
      ...(this.share === null ? traces : traces.map(faded)),
      ...paths.map((path) => trailTrace(figure, path, this.share)),
    ];
  }

  /** @param {Path[]} paths */
  offer(paths) {
    this.steps = Math.max(0, ...paths.map(({ count }) => count));
    this.root.hidden = !paths.some(({ nodes }) => nodes.length > 1);
    if (this.root.hidden) this.share = null;
    if (this.root.hidden) this.stop();
    this.render();
  }

  /** @override */
  play() {
    this.share ??= 0;
    this.way = this.share;
    this.begin();
    this.chart.schedule();
  }

  /** @override @param {number} seconds */
  advance(seconds) {
    this.way += seconds / PLAY_SECONDS;
    const share = this.still.matches ? Math.floor(this.way * this.steps) / this.steps : this.way;
    if (this.way >= 1) this.rest();
    else if (share !== this.share) {
      this.share = share;
      this.chart.schedule();
    }
  }

  rest() {
    this.share = null;
    this.pause();
    this.chart.schedule();
  }

  /** @override */
  scrub() {
    this.pause();
    const share = Number(this.slider.value) / this.steps;
    this.share = share < 1 ? share : null;
    this.chart.schedule();
  }

  /** @override */
  render() {
    const at = (this.share ?? 1) * this.steps;
    const passed = Math.floor(at + 1e-9);
    const step = passed ? `strength ${passed} of ${this.steps}` : "the trained network";
    this.show(this.steps, this.still.matches ? 1 : 0.05, at, this.share === null ? "all strengths" : step);
  }
}
