// Parts of what stands around a plot.

function make(tag, className, attributes = {}, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
}
