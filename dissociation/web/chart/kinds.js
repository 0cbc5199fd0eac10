// The kinds of chart that one snapshot can be drawn as.

import { bridgeHeight, bridgeLayout, bridgeTraces } from "./bridge.js";
import {
  causesLayout,
  neuronsLayout,
  neuronsTraces,
  sharesTraces,
  tradeOffLayout,
  tradeOffTraces,
} from "./causes.js";
import { exactLayout, exactTraces } from "./exact.js";
import { heatmapHeight, heatmapLayout, heatmapTraces } from "./heatmap.js";
import { plotlyHeight, plotlyLayout } from "./layout.js";
import { plotlyTraces } from "./lines.js";
import { mapHeight, mapLayout, mapPaths, mapTraces } from "./map.js";
import { marginsLayout, marginsTraces } from "./margins.js";
import { multiplesHeight, multiplesLayout, multiplesTraces } from "./multiples.js";
import { pairsDrawing, pairsHeight, pairsLayout, pairsTraces } from "./pairs.js";
import { phantomDrawing, phantomHeight, phantomLayout, phantomTraces } from "./phantom.js";
import {
  representationDrawing,
  representationHeight,
  representationLayout,
  representationSight,
  representationTraces,
} from "./representation.js";
import { walkDrawing, walkHeight, walkLayout, walkTraces } from "./walk.js";

/** @import { Kind } from "./types" */

/** @type {Record<string, Kind>} */
export const KINDS = {
  lines: { traces: plotlyTraces, layout: plotlyLayout, height: plotlyHeight },
  multiples: { traces: multiplesTraces, layout: multiplesLayout, height: multiplesHeight },
  representation: {
    traces: representationTraces,
    layout: representationLayout,
    height: representationHeight,
    sight: representationSight,
    drawing: representationDrawing,
  },
  map: { traces: mapTraces, layout: mapLayout, height: mapHeight, paths: mapPaths },
  phantom: {
    traces: phantomTraces,
    layout: phantomLayout,
    height: phantomHeight,
    drawing: phantomDrawing,
  },
  walk: { traces: walkTraces, layout: walkLayout, height: walkHeight, drawing: walkDrawing },
  pairs: { traces: pairsTraces, layout: pairsLayout, height: pairsHeight, drawing: pairsDrawing },
  exact: { traces: exactTraces, layout: exactLayout, height: plotlyHeight },
  shares: { traces: sharesTraces, layout: causesLayout, height: plotlyHeight },
  tradeoff: { traces: tradeOffTraces, layout: tradeOffLayout, height: plotlyHeight },
  neurons: { traces: neuronsTraces, layout: neuronsLayout, height: plotlyHeight },
  margins: { traces: marginsTraces, layout: marginsLayout, height: plotlyHeight },
  bridge: { traces: bridgeTraces, layout: bridgeLayout, height: bridgeHeight },
  heatmap: { traces: heatmapTraces, layout: heatmapLayout, height: heatmapHeight },
};
