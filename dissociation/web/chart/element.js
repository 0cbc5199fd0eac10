// All that each element brings along: the rest is a file that browsers fetch once and keep.

import { appUrl } from "./server.js";

/**
 * @import { Element as Given } from "./types"
 * @typedef {{ default: (element: Given) => () => void }} Script
 */

const AGAIN = 3000; // milliseconds after which it is asked for again if it did not come

/** @type {Promise<Script> | undefined} */
let script;

/** @param {Given} element */
export default function (element) {
  let remove = () => {};
  let gone = false;
  const show = () => {
    if (gone) return;
    script ??= import(appUrl("SCRIPT_PATH").href);
    script.then(
      (loaded) => {
        if (!gone) remove = loaded.default(element);
      },
      () => {
        script = undefined;
        setTimeout(show, AGAIN);
      },
    );
  };
  show();
  return () => {
    gone = true;
    remove();
  };
}
