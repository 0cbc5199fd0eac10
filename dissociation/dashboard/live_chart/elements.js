// Parts of what stands around a plot.

/** Calls back once what was changed by now is on screen. */
const afterPaint = (work) => requestAnimationFrame(() => setTimeout(work));

function make(tag, className, attributes = {}, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
}
