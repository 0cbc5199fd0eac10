// The kinds of chart that one snapshot can be drawn as.

import { PLAIN } from "./plain.js";
import {
  representationDrawing,
  representationHeight,
  representationLayout,
  representationSight,
  representationTraces,
} from "./representation.js";

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
};

/** @param {Figure} figure */
export const kindOf = ({ kind }) => KINDS[kind] ?? PLAIN;
