// Numbers as text.

/**
 * @import { Value } from "./types"
 * @typedef {(value: number, more?: number) => string} Write a number with so many more digits than usual
 */

/**
 * A value as an axis writes it, in three digits.
 *
 * @param {Value | undefined} value
 * @param {{ percent: boolean }} axis
 */
export function number(value, axis) {
  if (value === null || value === undefined) return "–";
  /** @type {Write} */
  const digits = (v, more = 0) => String(Number(v.toPrecision(3 + more)));
  return axis.percent ? percent(value, digits) : digits(value);
}

/**
 * A share as a percentage that says neither 0 nor 100 of what is neither.
 *
 * @param {number} share
 * @param {Write} write
 */
export function percent(share, write) {
  /** @param {string} text */
  const says = (text) =>
    (Number(text) === 0) === (share === 0) && (Number(text) === 100) === (share === 1);
  const texts = [0, 1, 2, 3].map((more) => write(100 * share, more));
  const nearly = share > 0.5 ? "over 99.99" : String(Number((100 * share).toPrecision(2)));
  return `${texts.find(says) ?? nearly}%`;
}
