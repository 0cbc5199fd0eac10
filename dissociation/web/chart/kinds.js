// The kinds of chart that one snapshot can be drawn as.

import { PLAIN } from "./plain.js";
import { REPRESENTATION } from "./representation.js";

/** @import { Figure, Kind } from "./types" */

/** @param {Pick<Figure, "kind">} figure @returns {Kind} */
export const kindOf = ({ kind }) => (kind === "representation" ? REPRESENTATION : PLAIN);
