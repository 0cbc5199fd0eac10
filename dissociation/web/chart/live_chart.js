// One chart, one Plotly node: Streamlit calls the default export again whenever the data or the
// theme changes, and the chart that lives in the same parent element is updated, never rebuilt.

import { theme } from "./colors.js";
import { plotlyConfig } from "./config.js";
import { make } from "./elements.js";
import { follow } from "./feed.js";
import { FirstSight } from "./first_sight.js";
import { kindOf } from "./kinds.js";
import { PHONE } from "./layout.js";
import { LectureWindow } from "./lecture_window.js";
import { PredictionPart, predictionTraces } from "./prediction.js";
import { loadPlotly } from "./server.js";
import { SweepPlayer } from "./sweep_player.js";
import { TablePart } from "./table.js";
import { WalkPlayer } from "./walk_player.js";

/** @import { Data, Drawn, Element as Given, PlotlyLibrary, Snapshot, Trigger } from "./types" */

const ACTIVE = new Set(["queued", "training", "running"]);
const EACH = 120; // milliseconds that the server is given for each page of a class
const AGAIN = 5000; // milliseconds after which the page is told again what it has not acted on
/** @type {WeakMap<Element, LiveChart>} */
const charts = new WeakMap();

// ---- the element ------------------------------------------------------------------------------

class LiveChart {
  /** @type {string | null | undefined} */
  address; // undefined before the first one
  stale = false; // what is shown belongs to an earlier address
  /** @type {"fine" | "broken" | "lost"} */
  connection = "fine"; // or trying again, or the server has no such job
  /** @type {ReturnType<typeof follow> | undefined} */
  line;
  /** @type {number | undefined} */
  timer;
  /** @type {string | null | undefined} */
  drawing = null; // what tells the picture now on screen from others, where it is large
  again = false; // the visitor asked for another try: the same address is to be opened anew
  /** @type {PlotlyLibrary | undefined} */
  Plotly;
  /** @type {string | undefined} */
  library; // where it comes from
  /** @type {string | undefined} */
  view; // the axes of the plot
  /** @type {number | undefined} */
  frame;
  /** @type {string | undefined} */
  label; // of the button
  relabelled = -Infinity; // milliseconds
  /** @type {string | undefined} */
  announced;

  /** @param {Element} parent @param {Data} data @param {Trigger} trigger */
  constructor(parent, data, trigger) {
    this.trigger = trigger;
    this.key = data.key;
    this.second = data.second;
    this.figure = data.figure;
    this.snapshot = data.snapshot; // the latest one of this address
    // Figure and snapshot now on screen; those of the old address until there is news.
    this.shown = { figure: data.figure, snapshot: data.snapshot };
    this.text = make("span", "live-chart-text", { tabindex: "-1" });
    this.button = make("button", "live-chart-button live-chart-gone", { type: "button" }, "Cancel");
    this.progress = make("progress", "live-chart-progress", { max: "1", "aria-label": "Progress" });
    const polite = { role: "status", "aria-live": "polite" };
    this.announcement = make("span", "live-chart-announcement", polite);
    /** @type {HTMLElement} */
    this.plot = make("div", "live-chart-plot", { role: "img" });
    this.stage = make("div", "live-chart-stage");
    this.stage.append(this.plot);
    this.sight = new FirstSight(this.stage, () => this.schedule());
    this.problem = make("div", "live-chart-problem", { role: "alert", hidden: "" });
    this.reload = make("button", "live-chart-button", { type: "button" }, "Load again");
    const head = make("div", "live-chart-head");
    head.append(this.text, this.button);
    this.root = make("div", "live-chart");
    this.root.append(head, this.progress, this.announcement, this.problem, this.stage);
    this.predicting = new PredictionPart(this, this.root);
    this.player = new SweepPlayer(this, this.root);
    this.walker = new WalkPlayer(this, this.root);
    this.table = new TablePart(this.root);
    parent.append(this.root);
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    this.button.addEventListener("click", () => this.press(), { signal });
    this.reload.addEventListener("click", () => this.load(), { signal });
    window.addEventListener("online", () => this.hurry(), { signal });
    document.addEventListener("visibilitychange", () => this.hurry(), { signal });
    this.resizes = new ResizeObserver(() => this.schedule());
    this.resizes.observe(this.plot);
    this.window = new LectureWindow(this.root, this.plot, () => this.schedule());
  }

  /**
   * Takes what the script passed: at first, after a rerun, and after a change of the theme.
   *
   * @param {Data} data
   * @param {Trigger} trigger
   */
  update({ figure, snapshot, address, alt, library, prediction, second }, trigger) {
    this.trigger = trigger;
    const other = figure.id !== this.figure.id;
    this.figure = figure;
    this.second = second;
    this.root.classList.toggle("live-chart-second", second);
    this.plot.setAttribute("aria-label", alt);
    this.predicting.update(prediction);
    if (address !== this.address || this.again) {
      this.follow(address, snapshot);
    } else if (address === null || other || snapshot.version > this.snapshot.version) {
      this.accept(snapshot);
    }
    this.schedule();
    if (this.library !== library) {
      this.library = library;
      this.sight.before(kindOf(figure).sight !== undefined).then(() => this.load());
    }
  }

  /** @param {string | null} address @param {Snapshot} snapshot */
  follow(address, snapshot) {
    this.hangUp();
    this.again &&= address === this.address && !ACTIVE.has(snapshot.state);
    const before = this.address !== undefined;
    this.address = address;
    this.connection = "fine";
    this.stale = before && !this.shown.snapshot.blank;
    this.accept(snapshot);
    if (address !== null && ACTIVE.has(snapshot.state)) this.line = follow(address, this);
  }

  /** @param {Snapshot} snapshot */
  accept(snapshot) {
    this.snapshot = snapshot;
    const over = !ACTIVE.has(snapshot.state);
    if (over || !snapshot.blank) this.stale = false;
    if (over) {
      this.hangUp();
      this.connection = "fine";
    }
    this.schedule();
  }

  // ---- connection

  hangUp() {
    clearTimeout(this.timer);
    this.line?.leave();
    this.line = undefined;
  }

  /** @param {Snapshot} news */
  hear(news) {
    this.connection = "fine";
    this.schedule();
    if (news.version < this.snapshot.version) return;
    // What was drawn for other axes says nothing about these.
    const { figure, traces, layout, paths, walk, blank } =
      news.figure === this.figure.id ? news : this.snapshot;
    this.accept({ ...news, figure, traces, layout, paths, walk, blank });
    // Of the charts of one job, one says so.
    if (!ACTIVE.has(news.state) && !this.second) this.tell(news.company ?? 1);
  }

  /** @param {boolean} lost */
  cut(lost) {
    this.connection = lost ? "lost" : "broken";
    this.schedule();
    if (lost && !this.second) this.insist("lost");
  }

  /**
   * Has the page run again; those of a class one after another, so that nobody's control waits.
   *
   * @param {number} company
   */
  tell(company) {
    const pause = company > 4 ? Math.random() * company * EACH : 0;
    this.timer = setTimeout(() => this.insist("finished"), pause);
  }

  /**
   * Says it until the page has run: what is said while Streamlit reconnects, nobody hears.
   *
   * @param {string} event
   * @param {number} again milliseconds
   */
  insist(event, again = AGAIN) {
    this.trigger(event, true);
    this.timer = setTimeout(() => this.insist(event, 2 * again), again);
  }

  /** The network or the visitor is back: does not wait for the timer. */
  hurry() {
    if (document.visibilityState !== "visible") return;
    if (this.connection === "broken") this.line?.hurry();
    this.predicting.line?.hurry();
  }

  // ---- header

  get active() {
    return this.connection !== "lost" && ACTIVE.has(this.snapshot.state);
  }

  press() {
    // The second half of a double click on "Cancel" must not start the run again.
    if (performance.now() - this.relabelled < 600) return;
    this.again = !this.active;
    this.trigger(this.active ? "cancel" : "retry", true);
    this.text.textContent = this.active ? "Cancelling…" : "Trying again…";
  }

  renderHead() {
    const { state, message, progress } = this.snapshot;
    const words = {
      fine: message || state,
      broken: "Connection lost, trying again…",
      lost: "This run is no longer on the server.",
    };
    this.text.textContent = words[this.connection];
    this.progress.value = progress;
    this.progress.classList.toggle("live-chart-gone", !this.active);
    this.renderButton(this.active ? "Cancel" : state === "done" ? "" : "Try again");
    this.announce(`${this.connection} ${state}`, words[this.connection]);
  }

  /** @param {string} label */
  renderButton(label) {
    if (label === this.label) return;
    const first = this.label === undefined;
    this.label = label;
    this.relabelled = first ? -Infinity : performance.now();
    // A button that vanishes under the keyboard's focus would send it to the top of the page.
    if (!label && document.activeElement === this.button) this.text.focus();
    if (label) this.button.textContent = label;
    this.button.classList.toggle("live-chart-gone", !label);
  }

  /**
   * Speaks at a change of state only; the text itself changes with every snapshot.
   *
   * @param {string} event
   * @param {string} words
   */
  announce(event, words) {
    if (this.announced !== undefined && this.announced !== event) {
      this.announcement.textContent = words;
    }
    this.announced = event;
  }

  // ---- plot

  load() {
    this.problem.hidden = true;
    loadPlotly(String(this.library)).then(
      (Plotly) => {
        this.Plotly = Plotly;
        this.schedule();
      },
      () => {
        this.problem.replaceChildren("The chart could not be loaded. ", this.reload);
        this.problem.hidden = false;
      },
    );
  }

  /** The plot, once Plotly has drawn into it. */
  get drawn() {
    return /** @type {Drawn} */ (this.plot);
  }

  schedule() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.renderHead();
      this.renderPlot();
    });
  }

  renderPlot() {
    const width = this.plot.clientWidth;
    const { prediction, room, sketch } = this.predicting;
    const colors = theme(this.root);
    const predicted = predictionTraces(this.figure, prediction, room, colors.text);
    const { height } = kindOf(this.figure);
    const natural = height(this.figure, width, predicted.length);
    const space = this.figure.scale > 1 ? this.window.space(natural) : null;
    this.plot.style.height = `${height({ ...this.figure, space }, width, predicted.length)}px`;
    if (!this.stale) this.shown = { figure: this.figure, snapshot: this.snapshot };
    this.plot.classList.toggle("live-chart-stale", this.stale);
    this.table.show(this.snapshot.table, this.active);
    if (width === 0) return; // in a closed tab: the resize comes when it opens
    const figure = { ...this.shown.figure, space };
    const { drawing: tellApart, traces, layout, sight } = kindOf(figure);
    if (sight && this.view === undefined) this.sight.show(sight(figure, this.shown.snapshot, width));
    if (!this.Plotly || this.sight.painting) return;
    const snapshot = this.walker.at(this.shown.snapshot);
    // Large pictures are drawn when they change, not whenever there is something else to tell.
    const drawing = tellApart(figure, snapshot, colors, width);
    if (drawing !== undefined && drawing === this.drawing) return;
    this.drawing = drawing;
    // react() keeps what double click returns to, so other axes need a plot anew: on the same node,
    // within the same frame.
    const view = JSON.stringify([figure.kind, figure.revision, figure.x, figure.y]);
    const draw = this.view === view ? this.Plotly.react : this.Plotly.newPlot;
    this.view = view;
    draw(
      this.plot,
      [...this.player.over(traces(snapshot, width < PHONE, colors), figure, snapshot), ...predicted],
      layout(figure, snapshot, colors, width, predicted.length),
      plotlyConfig(figure),
    );
    this.sight.over();
    if (draw === this.Plotly.newPlot) {
      this.drawn.on("plotly_relayout", () => this.predicting.sketch?.place(this.drawn));
      this.drawn.on("plotly_click", ({ points }) => {
        const chosen = points[0]?.customdata;
        if (typeof chosen === "string") this.trigger("chosen", chosen);
      });
    }
    sketch?.place(this.drawn);
  }

  remove() {
    this.hangUp();
    this.predicting.remove();
    this.player.remove();
    this.walker.remove();
    this.listeners.abort();
    this.resizes.disconnect();
    this.window.remove();
    cancelAnimationFrame(this.frame ?? 0);
    this.Plotly?.purge(this.plot);
    this.Plotly = undefined;
    this.root.remove();
  }
}

/** @param {Given} element */
export default function ({ data, parentElement, setTriggerValue }) {
  const chart = charts.get(parentElement) ?? new LiveChart(parentElement, data, setTriggerValue);
  charts.set(parentElement, chart);
  chart.update(data, setTriggerValue);
  return () => {
    chart.remove();
    charts.delete(parentElement);
  };
}
