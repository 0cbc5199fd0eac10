// The kinds of chart that one snapshot can be drawn as.

import { phantomDrawing, phantomHeight, phantomLayout, phantomTraces } from "./phantom.js";
import { PLAIN } from "./plain.js";
import {
  representationDrawing,
  representationHeight,
  representationLayout,
  representationSight,
  representationTraces,
} from "./representation.js";
import { walkDrawing, walkHeight, walkLayout, walkTraces } from "./walk.js";

/** @import { Figure, Kind } from "./types" */

/**
 * Those that are not built in Python.
 *
 * @type {Record<string, Kind>}
 */
const KINDS = {
  representation: {
    traces: representationTraces,
    layout: representationLayout,
    height: representationHeight,
    sight: representationSight,
    drawing: representationDrawing,
  },
  phantom: {
    traces: phantomTraces,
    layout: phantomLayout,
    height: phantomHeight,
    drawing: phantomDrawing,
  },
  walk: { traces: walkTraces, layout: walkLayout, height: walkHeight, drawing: walkDrawing },
};

/** @param {Figure} figure */
export const kindOf = ({ kind }) => KINDS[kind] ?? PLAIN;
