// Colours: of the theme, and what is made of those of a condition.

/** @import { Colors } from "./types" */

/** @param {string} hex `#rrggbb` @param {number} alpha */
export function translucent(hex, alpha) {
  /** @param {number} start */
  const part = (start) => parseInt(hex.slice(start, start + 2), 16);
  return `rgba(${part(1)},${part(3)},${part(5)},${alpha})`;
}

/** The theme around an element. @param {Element} element @returns {Colors} */
export function theme(element) {
  const style = getComputedStyle(element);
  /** @param {string} name @param {string} otherwise */
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  return {
    text: read("--st-text-color", "#222"),
    background: read("--st-background-color", "#fff"),
    raised: read("--st-secondary-background-color", "#f4f4f4"),
    quiet: read("--st-gray-text-color", "#666"),
    primary: read("--st-primary-color", "#0072b2"),
    grid: read("--st-border-color-light", "#ddd"),
    line: read("--st-border-color", "#bbb"),
    font: read("--st-font", "sans-serif"),
  };
}
