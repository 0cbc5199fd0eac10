// Charts in a page of their own, which needs no server.

import { theme } from "./colors.js";
import { plotlyConfig } from "./config.js";
import { make } from "./elements.js";
import { KINDS } from "./kinds.js";
import { PHONE } from "./layout.js";
import { SweepPlayer } from "./sweep_player.js";
import { WalkPlayer } from "./walk_player.js";

/** @import { Figure, Shown } from "./types" */

/**
 * Draws a figure at the end of `parent`, with what plays it.
 *
 * @param {Figure} figure
 * @param {Shown} shown
 * @param {Element} parent
 */
function showChart(figure, shown, parent) {
  const node = make("div", "", { role: "img", "aria-label": shown.alt });
  // What plays it can be operated, so it is no part of the picture.
  const beneath = document.createElement("section");
  parent.append(node, beneath);
  const { traces, layout } = KINDS[figure.kind];
  /** @type {number | undefined} */
  let frame;
  const schedule = () => {
    if (frame === undefined) frame = requestAnimationFrame(draw);
  };
  const sweep = new SweepPlayer({ schedule }, beneath);
  const walk = new WalkPlayer({ schedule }, beneath);
  const draw = () => {
    frame = undefined;
    const width = node.clientWidth;
    const now = walk.at(figure, shown);
    Plotly.react(
      node,
      sweep.over(traces(figure, now, width < PHONE), figure, now),
      layout(figure, now, theme(node), width),
      plotlyConfig(figure),
    );
  };
  draw();
  new ResizeObserver(schedule).observe(node);
}

/**
 * Draws what a page holds, one figure below the other.
 *
 * @param {Shown} shown
 * @param {Element} parent
 */
export function showCharts(shown, parent) {
  for (const figure of shown.figures) showChart(figure, shown, parent);
}
