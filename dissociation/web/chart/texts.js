// Texts and names that Plotly takes.

/** Text that Plotly, which reads a small HTML, shows as it stands. @param {string} text */
export const literal = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/**
 * By which Plotly finds a trace again, and which it writes into CSS selectors: no punctuation.
 *
 * @param {string} part
 * @param {string} key
 */
export const uid = (part, key) => `${part}-${key.replace(/[^a-zA-Z0-9]/g, (c) => `_${c.codePointAt(0)}`)}`;
