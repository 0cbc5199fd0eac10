// Writes the layout that the browser would give a chart, for a test of Python's own.

import { kindOf } from "#chart/kinds.js";
import "./fake_page.js";

let text = "";
for await (const part of process.stdin) text += part;
const { figure, part, colors, width, step } = JSON.parse(text);
process.stdout.write(JSON.stringify(kindOf(figure).layout(figure, { ...part, step }, colors, width)));
