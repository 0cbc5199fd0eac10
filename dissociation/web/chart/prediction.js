// The part of a live chart in which a curve is predicted: the visitor's sketch, the button that
// hands it in, the band of a class, and, once revealed, the prediction under the measured curve.

import { translucent } from "./colors.js";
import { make } from "./elements.js";
import { RoomLine } from "./room.js";
import { between, Sketch } from "./sketch.js";
import { uid } from "./texts.js";

/** @import { Figure, Plot, Prediction, Room, Trigger } from "./types" */

/**
 * @param {number[]} x
 * @param {number[]} low
 * @param {number[]} high
 * @param {string} color
 * @param {string} name
 */
function bandOf(x, low, high, color, name) {
  return {
    x: [...x, ...[...x].reverse()],
    y: [...high, ...[...low].reverse()],
    uid: "class-band",
    type: "scatter",
    mode: "lines",
    fill: "toself",
    fillcolor: color,
    line: { width: 0 },
    hoverinfo: "skip",
    name,
    showlegend: true,
    legendgroup: "class",
  };
}

/**
 * What Plotly draws for a prediction: the band and mean of the class, and one's own once handed in.
 *
 * @param {Figure} figure
 * @param {Prediction | null} prediction
 * @param {Room | null} room
 * @param {string} color
 * @returns {Plot[]}
 */
export function predictionTraces(figure, prediction, room, color) {
  if (!prediction) return [];
  const log = figure.x.log;
  /** @param {number[]} errors */
  const seen = (errors) => (figure.y.log ? errors.map((e) => Math.max(e, figure.y.low)) : errors);
  /** @param {number[]} errors */
  const curve = (errors) => {
    const { x, y } = between(prediction.x, errors, log);
    return { x, y: seen(y) };
  };
  /** @param {number[]} errors @param {string} dash @param {string} name */
  const line = (errors, dash, name) => ({
    ...curve(errors),
    uid: uid("guess", name),
    type: "scatter",
    mode: "lines",
    line: { color, dash, width: 2.5 * figure.scale },
    name,
    hoverinfo: "skip",
  });
  /** @type {Plot[]} */
  const traces = [];
  if (room?.band && prediction.band) {
    const { low, high, mean } = room.band;
    const words = `The class (${room.count} predictions): means of the lower and the upper half`;
    const edge = curve(low);
    traces.push(bandOf(edge.x, edge.y, curve(high).y, translucent("#808080", 0.3), words));
    if (mean) {
      traces.push({ ...line(mean, "dash", "Mean of the class"), legendgroup: "class" });
    }
  }
  if (prediction.guess && !prediction.drawing) {
    traces.push(line(prediction.guess, "dot", "Your prediction"));
  }
  return traces;
}

export class PredictionPart {
  /** @type {Prediction | null} */
  prediction = null;
  /** @type {RoomLine | null} */
  line = null; // to the room
  /** @type {Sketch | undefined} */
  sketch;
  /** @type {string | undefined} */
  told; // to the script, of the room

  /**
   * @param {{ figure: Figure, stage: Element, trigger: Trigger, schedule: () => void }} chart
   * @param {Element} parent
   */
  constructor(chart, parent) {
    this.chart = chart;
    this.words = make("span", "live-chart-words", { role: "status", tabindex: "-1" });
    this.button = make("button", "live-chart-button live-chart-hand-in", { type: "button" });
    this.root = make("div", "live-chart-predict", { hidden: "" });
    this.root.append(this.words, this.button);
    parent.append(this.root);
    this.button.addEventListener("click", () => this.handIn());
  }

  /** @param {Prediction | null} prediction */
  update(prediction) {
    this.prediction = prediction;
    this.root.hidden = !prediction;
    this.root.classList.toggle("live-chart-below", Boolean(prediction?.drawing));
    this.listen(prediction?.room ?? null);
    if (prediction?.drawing) {
      if (this.sketch) this.sketch.ask(prediction, this.chart.figure);
      else this.sketch = new Sketch(this.chart.stage, prediction, this.chart.figure);
    } else {
      // What vanishes under the keyboard's focus would send it to the top of the page.
      if (this.sketch?.svg.contains(document.activeElement)) this.words.focus();
      this.sketch?.remove();
      this.sketch = undefined;
    }
    this.render();
  }

  get room() {
    return this.line?.latest ?? null;
  }

  /** @param {string | null} path */
  listen(path) {
    if ((this.line?.path ?? null) === path) return;
    this.line?.hangUp();
    this.line = path === null ? null : new RoomLine(path, (news, first) => this.hear(news, first));
  }

  /**
   * Takes news of the room; the first after a lost line are told again, in case they got lost.
   *
   * @param {Room} news
   * @param {boolean} first
   */
  hear(news, first) {
    if (first) this.told = undefined;
    // The page shows or covers the curve; what it knew stands in `revision`.
    const now = news.gone ? "gone" : `${news.round} ${news.revealed}`;
    if (this.prediction && now !== this.prediction.revision && now !== this.told) {
      this.told = now;
      this.chart.trigger("room", now);
    }
    this.render();
    this.chart.schedule();
  }

  handIn() {
    if (!this.prediction || !this.sketch) return;
    this.chart.trigger("guess", { errors: this.sketch.errors });
    this.button.textContent = this.prediction.waiting;
    setTimeout(() => this.render(), 3000); // in case it could not be taken
  }

  render() {
    if (!this.prediction) return;
    const { words, button } = this.prediction;
    const room = this.room;
    const count = room && !room.gone ? this.countWords(room) : "";
    this.words.textContent = [words, count].filter(Boolean).join(" ");
    if (!button && document.activeElement === this.button) this.words.focus();
    this.button.textContent = button;
    this.button.hidden = !button;
  }

  /** @param {Room} room */
  countWords({ count, enough }) {
    const people = count === 1 ? "1 prediction" : `${count} predictions`;
    if (count >= enough) return `${people}.`;
    return `${people} so far; their band is shown from ${enough} on.`;
  }

  remove() {
    this.line?.hangUp();
    this.sketch?.remove();
  }
}
