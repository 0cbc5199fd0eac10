// Two representations side by side: what of them the browser draws itself, digits and first images.

import { bitmapSource } from "./bitmap.js";
import { digitShapes, reach } from "./digits.js";
import { PHONE } from "./layout.js";
import { panelled } from "./panels.js";
import { filled, PLAIN } from "./plain.js";

/** @import { Colors, Kind, Plot, View } from "./types" */

/** The names of the layout's axes of a trace. @param {Plot} trace */
const axesOf = ({ xaxis, yaxis }) => [xaxis, yaxis].map((name) => `${name[0]}axis${name.slice(1)}`);

/** How far an axis reaches along the chart. @param {number[]} domain */
const length = ([from, to]) => to - from;

/**
 * The digits of both clouds, whose panels share their axes.
 *
 * @param {View} snapshot
 * @param {Plot} layout
 * @param {number} size
 */
function cloudShapes({ traces }, layout, size) {
  const clouds = traces.filter(({ uid }) => uid.startsWith("cloud"));
  if (clouds.length === 0) return [];
  const [x, y] = axesOf(clouds[0]).map((name) => length(layout[name].domain));
  const { l, r } = layout.margin;
  const unit = [
    reach(clouds.map((cloud) => cloud.x)) / ((layout.width - l - r) * x),
    reach(clouds.map((cloud) => cloud.y)) / (layout.height * y),
  ];
  return clouds.flatMap((cloud) => digitShapes(cloud, unit, size));
}

/** @type {Kind} */
export const REPRESENTATION = {
  ...PLAIN,
  layout: (figure, snapshot, colors, width) => {
    const layout = PLAIN.layout(figure, snapshot, colors, width);
    const size = (width < PHONE ? 8 : 10) * figure.scale;
    return { ...layout, shapes: cloudShapes(snapshot, layout, size) };
  },
  // Its matrices, where the plot will have them.
  sight: (figure, { traces, layout }, width) => {
    const { height, ...axes } = panelled(figure, {}, { annotations: [] }, width);
    const { l, r, t, b } = filled(layout.margin, /** @type {Colors} */ ({}), width < PHONE);
    const [across, down] = [width - l - r, height - t - b];
    return traces.flatMap((trace) => {
      if (!trace.bitmap) return [];
      const [x, y] = axesOf(trace).map((name) => axes[name].domain);
      return [
        {
          source: bitmapSource(trace.bitmap),
          left: l + across * x[0],
          top: t + down * (1 - y[1]),
          width: across * length(x),
          height: down * length(y),
        },
      ];
    });
  },
  drawing: (figure, snapshot, colors, width) =>
    snapshot.blank ? null : PLAIN.drawing(figure, snapshot, colors, width),
};
