// A button that copies an address. Over plain http on a network there is no clipboard for scripts,
// so a selected field stands in for it.

import "./history.js";

/**
 * @typedef {object} Made
 * @property {HTMLElement} button
 * @property {HTMLElement} status
 * @property {string} query
 * @property {number} [timer]
 */

/** @type {WeakMap<Element, Made>} */
const buttons = new WeakMap();

/** @param {string} text */
function fallback(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.setAttribute("readonly", "");
  field.style.position = "fixed";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied ? Promise.resolve() : Promise.reject(new Error("copying is not allowed"));
}

/** @param {string} text */
function copy(text) {
  return navigator.clipboard ? navigator.clipboard.writeText(text) : fallback(text);
}

/**
 * The address of this page with another query, whatever base path it is served below.
 *
 * @param {string} query
 */
function address(query) {
  const url = new URL(location.href);
  url.search = query;
  url.hash = "";
  return url.href;
}

/** @param {Element} parent */
function build(parent) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy-link";
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  status.className = "copy-link-status";
  parent.append(button, status);
  /** @type {Made} */
  const made = { button, status, query: "" };
  button.addEventListener("click", () => {
    const text = address(made.query);
    copy(text).then(
      () => {
        status.textContent = "Copied.";
      },
      () => window.prompt("Copy this link:", text),
    );
    clearTimeout(made.timer);
    made.timer = setTimeout(() => {
      status.textContent = "";
    }, 3000);
  });
  return made;
}

/** @param {{ data: { query: string, label: string }, parentElement: Element }} element */
export default function ({ data, parentElement }) {
  const made = buttons.get(parentElement) ?? build(parentElement);
  buttons.set(parentElement, made);
  made.query = data.query;
  made.button.textContent = data.label;
  return () => {
    clearTimeout(made.timer);
    made.button.remove();
    made.status.remove();
    buttons.delete(parentElement);
  };
}
