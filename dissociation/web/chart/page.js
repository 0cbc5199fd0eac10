// Charts in a page of their own, which needs no server.

import { theme } from "./colors.js";
import { plotlyConfig } from "./config.js";
import { make } from "./elements.js";
import { kindOf } from "./kinds.js";
import { PHONE } from "./layout.js";
import { SweepPlayer } from "./sweep_player.js";
import { WalkPlayer } from "./walk_player.js";

/** @import { Shown } from "./types" */

/**
 * Draws a chart at the end of `parent`, with what plays it.
 *
 * @param {Shown["charts"][number]} chart
 * @param {string} alt
 * @param {Element} parent
 */
function showChart({ figure, part }, alt, parent) {
  const node = make("div", "", { role: "img", "aria-label": alt });
  // What plays it can be operated, so it is no part of the picture.
  const beneath = document.createElement("section");
  parent.append(node, beneath);
  const { traces, layout } = kindOf(figure);
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
    const now = walk.at(part);
    const colors = theme(node);
    Plotly.react(
      node,
      sweep.over(traces(now, width < PHONE, colors), figure, now),
      layout(figure, now, colors, width),
      plotlyConfig(figure),
    );
  };
  draw();
  new ResizeObserver(schedule).observe(node);
}

/**
 * Draws what a page holds, one chart below the other.
 *
 * @param {Shown} shown
 * @param {Element} parent
 */
export function showCharts({ charts, alt }, parent) {
  for (const chart of charts) showChart(chart, alt, parent);
}
