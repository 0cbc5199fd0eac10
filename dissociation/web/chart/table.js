// A table that follows the same job as the chart above it, so it needs no rerun of the script.

import { make } from "./elements.js";

/** @import { Cell, Table } from "./types" */

/** @param {"th" | "td"} tag @param {Cell} content @param {Record<string, string>} attributes */
function cellOf(tag, content, attributes = {}) {
  const [text, small] = Array.isArray(content) ? content : [content];
  const cell = make(tag, "", attributes, text);
  if (small) cell.append(make("span", "live-chart-small", {}, small));
  return cell;
}

/** @param {"th" | "td"} tag @param {Cell[]} cells */
function rowOf(tag, [first, ...others]) {
  const row = document.createElement("tr");
  row.append(cellOf("th", first, { scope: tag === "th" ? "col" : "row" }));
  row.append(...others.map((content) => cellOf(tag, content, tag === "th" ? { scope: "col" } : {})));
  return row;
}

/** @param {Table["groups"][number]} group @param {number} columns */
function groupOf({ name, rows }, columns) {
  const body = document.createElement("tbody");
  const head = document.createElement("tr");
  head.append(make("th", "live-chart-group", { scope: "rowgroup", colspan: columns }, name));
  body.append(head, ...rows.map((row) => rowOf("td", row)));
  return body;
}

export class TablePart {
  /** @type {string | undefined} */
  drawing;

  /** @param {Element} parent */
  constructor(parent) {
    this.root = make("section", "live-chart-table", { hidden: "" });
    parent.append(this.root);
  }

  /**
   * Shows a table of a snapshot, or nothing. Until there is one of what is asked now, that of what
   * was asked before stays, faded, so that the page does not jump.
   *
   * @param {Table | undefined} table
   * @param {boolean} waiting
   */
  show(table, waiting) {
    const before = !table && waiting;
    this.root.classList.toggle("live-chart-stale", before);
    if (before) return;
    const drawing = JSON.stringify(table ?? null);
    if (drawing === this.drawing) return;
    this.drawing = drawing;
    this.root.hidden = !table;
    if (!table) {
      this.root.replaceChildren();
      return;
    }
    const { title, columns, groups, note } = table;
    const grid = document.createElement("table");
    const head = document.createElement("thead");
    head.append(rowOf("th", columns));
    grid.append(head, ...groups.map((group) => groupOf(group, columns.length)));
    // Where it is wider than the page it scrolls by itself, with the keyboard, too.
    const region = { role: "region", tabindex: "0", "aria-label": `Table: ${title}` };
    const frame = this.root.querySelector(".live-chart-scroll") ?? make("div", "live-chart-scroll");
    for (const [name, value] of Object.entries(region)) frame.setAttribute(name, value);
    frame.replaceChildren(grid);
    this.root.replaceChildren(
      make("h3", "live-chart-headline", {}, title),
      frame,
      make("p", "live-chart-note", {}, note),
    );
  }
}
