// Parts of what stands around a plot.

/** Calls back once what was changed by now is on screen. @param {() => void} work */
export const afterPaint = (work) => requestAnimationFrame(() => setTimeout(work));

/**
 * A new element.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} className
 * @param {Record<string, string | number>} attributes
 * @param {string} text
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, className, attributes = {}, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.textContent = text;
  return node;
}
