// The browser's history has one entry for each thing that its user does.
//
// Streamlit adds one whenever a script writes the address: dozens while a key moves a slider, and a
// second one, which mixes two pages, when a script changes the page. An address that is written
// without anything done since the last time therefore takes the place of the present one.

/** Keys on one control are one thing done if they come this soon after the last, or its effect. */
const PAUSE_MS = 2000;

function oneEntryForEach() {
  let done = 0;
  let written = 0;
  /** @type {EventTarget | null} */
  let target = null;
  let latest = 0;
  /** @param {Event} event */
  const note = (event) => {
    const soon = event.timeStamp - latest < PAUSE_MS;
    const again = event.type === "keydown" && event.target === target && soon;
    // A click that comes from a pointer was noted when that went down.
    const known = event instanceof MouseEvent && event.type === "click" && event.detail > 0;
    if (!again && !known) done += 1;
    target = event.target;
    latest = event.timeStamp;
  };
  for (const kind of ["pointerdown", "keydown", "click"]) addEventListener(kind, note, true);
  const push = history.pushState.bind(history);
  history.pushState = (...entry) => {
    if (done === written) history.replaceState(...entry);
    else push(...entry);
    written = done;
    latest = performance.now();
  };
}

if (!window.dissociationHistory) {
  window.dissociationHistory = true;
  oneEntryForEach();
}

