// One chart, one Plotly node: Streamlit calls the default export again whenever the data or the
// theme changes, and the chart that lives in the same parent element is updated, never rebuilt.

const PHONE = 560; // pixels of width below which the layout is the compact one
const ACTIVE = new Set(["queued", "training", "running"]);
const LOST = 4404; // the server's close code for "no such job"
const charts = new WeakMap();

// Pages have URLs such as /Robustness and the app may live below a base path. Streamlit's own
// script tag knows the app's root, also behind a proxy that strips a prefix.
function appUrl(path) {
  const script = document.querySelector('script[src*="static/js/"]');
  const root = script ? script.src.split("static/js/")[0] : new URL("./", location).href;
  return new URL(path.replace(/^\/+/, ""), root);
}

function socketUrl(path) {
  const url = appUrl(path);
  url.protocol = url.protocol.replace("http", "ws");
  return url;
}

// All charts of all pages share one download of 5 MB; a failure is forgotten so it can be retried.
function loadPlotly(path) {
  window.dissociationPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = appUrl(path).href;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      script.remove();
      window.dissociationPlotly = undefined;
      reject(new Error("plotly.js could not be loaded"));
    };
    document.head.append(script);
  });
  return window.dissociationPlotly;
}

// ---- numbers and words ------------------------------------------------------------------------

// Plotly reads its texts as a small HTML.
const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function number(value, axis) {
  if (value === null || value === undefined) return "–";
  const digits = (v) => String(Number(v.toPrecision(3)));
  return axis.percent ? `${digits(100 * value)}%` : digits(value);
}

function translucent(hex, alpha) {
  const part = (start) => parseInt(hex.slice(start, start + 2), 16);
  return `rgba(${part(1)},${part(3)},${part(5)},${alpha})`;
}

function sharedDetail(traces) {
  const details = new Set(traces.map((trace) => trace.detail));
  return details.size === 1 ? traces[0].detail : "";
}

function hoverTexts(trace, style, figure, compact, inTitle) {
  const detail = inTitle ? "" : trace.detail;
  return trace.x.map((x, i) => {
    const band = `${number(trace.low[i], figure.y)}–${number(trace.high[i], figure.y)}`;
    const value = `<b>${number(trace.y[i], figure.y)}</b> (${band})`;
    const lines = compact
      ? [`<b>${escape(style.name)}</b> at ${number(x, figure.x)}`, value, escape(detail)]
      : [`${escape(style.name)}  ${value}`, escape(detail)];
    return lines.filter(Boolean).join(compact ? "<br>" : "  ");
  });
}

// ---- from a snapshot to Plotly's traces -------------------------------------------------------

// Plotly finds a trace again by its uid, and puts it into CSS selectors, which stumble over a colon.
const uid = (part, key) => `${part}-${key.replace(/[^a-zA-Z0-9]/g, (c) => `_${c.codePointAt(0)}`)}`;

const drawable = (value, axis) => Number.isFinite(value) && (!axis.log || value > 0);

// The outline of the band: one closed polygon for each run of points without a gap.
function bandOutline(trace, { x: xAxis, y: yAxis }) {
  const x = [];
  const y = [];
  let run = [];
  const close = () => {
    const back = [...run].reverse();
    if (x.length && run.length) x.push(null), y.push(null);
    x.push(...run.map((i) => trace.x[i]), ...back.map((i) => trace.x[i]));
    y.push(...run.map((i) => trace.high[i]), ...back.map((i) => floor(trace.low[i])));
    run = [];
  };
  const floor = (low) => (yAxis.log ? Math.max(low, yAxis.low) : low);
  trace.x.forEach((value, i) => {
    const whole = drawable(value, xAxis) && drawable(trace.high[i], yAxis);
    if (whole && Number.isFinite(trace.low[i])) run.push(i);
    else close();
  });
  close();
  return { x, y: y.map((value) => (value === null ? null : floor(value))) };
}

function bandTrace(trace, style, figure) {
  return {
    ...bandOutline(trace, figure),
    uid: uid("band", style.key),
    type: "scatter",
    mode: "lines",
    fill: "toself",
    fillcolor: translucent(style.color, 0.22),
    line: { width: 0 },
    hoverinfo: "skip",
    showlegend: false,
    legendgroup: style.key,
  };
}

function lineTrace(trace, style, figure, texts, compact) {
  return {
    // Without any point yet, one empty point keeps the legend complete and its size constant.
    x: trace.x.length ? trace.x : [null],
    y: trace.x.length ? trace.y.map((v) => (drawable(v, figure.y) ? v : null)) : [null],
    uid: uid("line", style.key),
    type: "scatter",
    mode: "lines+markers",
    name: escape(style.name),
    line: { color: style.color, dash: style.dash, width: compact ? 2 : 2.5 },
    marker: { symbol: style.symbol, size: compact ? 5 : 7, color: style.color },
    hovertext: texts,
    hovertemplate: "%{hovertext}<extra></extra>",
    legendgroup: style.key,
  };
}

// A logarithmic axis has no place for 0, but "no errors at all" is a result: an open triangle at
// the foot of the axis stands for it and answers to hover like any other point.
function zeroTrace(trace, style, figure, texts) {
  const zeros = figure.y.log ? [...trace.y.keys()].filter((i) => trace.y[i] === 0) : [];
  return {
    x: zeros.map((i) => trace.x[i]),
    y: zeros.map(() => figure.y.low),
    uid: uid("zero", style.key),
    type: "scatter",
    mode: "markers",
    cliponaxis: false,
    marker: { symbol: "triangle-down-open", size: 9, color: style.color },
    hovertext: zeros.map((i) => texts[i]),
    hovertemplate: "%{hovertext}<extra></extra>",
    showlegend: false,
    legendgroup: style.key,
  };
}

function plotlyTraces(figure, snapshot, compact) {
  const empty = { x: [], y: [], low: [], high: [], detail: "" };
  const byKey = new Map(snapshot.traces.map((trace) => [trace.key, trace]));
  const inTitle = !compact && sharedDetail(snapshot.traces) !== "";
  const bands = [];
  const lines = [];
  for (const style of figure.traces) {
    const trace = byKey.get(style.key) ?? empty;
    const texts = hoverTexts(trace, style, figure, compact, inTitle);
    bands.push(bandTrace(trace, style, figure));
    lines.push(zeroTrace(trace, style, figure, texts), lineTrace(trace, style, figure, texts, compact));
  }
  return [...bands, ...lines];
}

// ---- layout -----------------------------------------------------------------------------------

function theme(element) {
  const style = getComputedStyle(element);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  return {
    text: read("--st-text-color", "#222"),
    background: read("--st-background-color", "#fff"),
    raised: read("--st-secondary-background-color", "#f4f4f4"),
    quiet: read("--st-gray-text-color", "#666"),
    primary: read("--st-primary-color", "#0072b2"),
    grid: read("--st-border-color-light", "#ddd"),
    line: read("--st-border-color", "#bbb"),
    font: read("--st-font", "sans-serif"),
  };
}

function plotlyAxis(axis, colors, compact) {
  const scale = axis.log ? Math.log10 : Number;
  return {
    type: axis.log ? "log" : "linear",
    range: [scale(axis.low), scale(axis.high)],
    title: { text: escape(axis.title), standoff: compact ? 8 : 12 },
    tickformat: axis.percent ? "~p" : "~g",
    // On logarithmic axes few enough that Plotly labels 1, 2, 5 or whole decades, without overlaps.
    nticks: axis.log ? (compact ? 4 : 5) : 0,
    minor: { ticks: "outside", ticklen: 3, tickcolor: colors.line },
    showspikes: false,
    gridcolor: colors.grid,
    linecolor: colors.line,
    tickcolor: colors.line,
    showline: true,
    ticks: "outside",
    zeroline: false,
    automargin: true,
  };
}

function unifiedTitle(axis, detail) {
  const value = axis.percent ? "%{x:.3~p}" : "%{x:.3~g}";
  return `${escape(axis.title)}: ${value}${detail && `  ·  ${escape(detail)}`}`;
}

function plotlyLayout(figure, snapshot, colors, width, height) {
  const compact = width < PHONE;
  const shared = sharedDetail(snapshot.traces);
  const revision = figure.revision || "kept";
  return {
    width,
    height,
    uirevision: revision,
    selectionrevision: revision,
    // On a touch screen a drag must scroll the page; zooming is one press in the mode bar away.
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    hovermode: compact ? "closest" : "x unified",
    paper_bgcolor: colors.background,
    plot_bgcolor: colors.background,
    font: { family: colors.font, size: compact ? 12 : 15, color: colors.text },
    margin: { l: 8, r: 40, t: 8, b: 8 },
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", bgcolor: "rgba(0,0,0,0)" },
    hoverlabel: { bgcolor: colors.raised, bordercolor: colors.line, font: { color: colors.text, size: compact ? 12 : 14 } },
    modebar: {
      orientation: "v",
      bgcolor: "rgba(0,0,0,0)",
      color: colors.quiet,
      activecolor: colors.primary,
    },
    xaxis: {
      ...plotlyAxis(figure.x, colors, compact),
      unifiedhovertitle: { text: unifiedTitle(figure.x, compact ? "" : shared) },
      showspikes: !compact,
      spikecolor: colors.quiet,
      spikedash: "dot",
      spikemode: "across",
      spikesnap: "hovered data",
      spikethickness: 1,
    },
    yaxis: plotlyAxis(figure.y, colors, compact),
  };
}

function plotlyConfig(figure) {
  return {
    displaylogo: false,
    displayModeBar: true,
    showTips: false,
    doubleClick: "reset",
    modeBarButtons: [["toImage"], ["zoom2d", "pan2d", "resetScale2d"]],
    toImageButtonOptions: { format: "png", filename: figure.filename, scale: 3 },
  };
}

// ---- the element ------------------------------------------------------------------------------

function make(tag, className, attributes = {}, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
}

class LiveChart {
  address = null;
  snapshot = null; // the latest one of this address
  shown = null; // figure and snapshot now on screen; those of the old address until there is news
  stale = false; // what is shown belongs to an earlier address
  connection = "fine"; // or "broken" (trying again) or "lost" (the server has no such job)
  socket = null;
  attempts = 0;

  constructor(parent) {
    this.text = make("span", "live-chart-text", { tabindex: "-1" });
    this.button = make("button", "live-chart-button", { type: "button" });
    this.progress = make("progress", "live-chart-progress", { max: "1", "aria-label": "Progress" });
    this.announcement = make("span", "live-chart-announcement", { role: "status", "aria-live": "polite" });
    this.plot = make("div", "live-chart-plot", { role: "img" });
    this.problem = make("div", "live-chart-problem", { role: "alert", hidden: "" });
    this.reload = make("button", "live-chart-button", { type: "button" }, "Load again");
    const head = make("div", "live-chart-head");
    head.append(this.text, this.button);
    this.root = make("div", "live-chart");
    this.root.append(head, this.progress, this.announcement, this.problem, this.plot);
    parent.append(this.root);
    this.listen();
  }

  listen() {
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    this.button.addEventListener("click", () => this.press(), { signal });
    this.reload.addEventListener("click", () => this.load(), { signal });
    window.addEventListener("online", () => this.hurry(), { signal });
    document.addEventListener("visibilitychange", () => this.hurry(), { signal });
    this.resizes = new ResizeObserver(() => this.schedule());
    this.resizes.observe(this.plot);
  }

  /** Takes what the script passed: at first, after a rerun, and after a change of the theme. */
  update({ figure, snapshot, address, alt, library }, trigger) {
    this.trigger = trigger;
    this.figure = figure;
    this.plot.setAttribute("aria-label", alt);
    if (this.library !== library) {
      this.library = library;
      this.load();
    }
    if (address !== this.address || this.snapshot === null || this.again) {
      this.follow(address, snapshot);
    } else if (address === null || snapshot.version > this.snapshot.version) {
      this.accept(snapshot);
    }
    this.schedule();
  }

  follow(address, snapshot) {
    this.hangUp();
    this.again &&= address === this.address && !ACTIVE.has(snapshot.state);
    this.address = address;
    this.attempts = 0;
    this.connection = "fine";
    this.stale = Boolean(this.shown?.snapshot.traces.length);
    this.accept(snapshot);
    if (address !== null && ACTIVE.has(snapshot.state)) this.connect();
  }

  accept(snapshot) {
    this.snapshot = snapshot;
    const over = !ACTIVE.has(snapshot.state);
    if (snapshot.traces.length || over) this.stale = false;
    if (over) {
      this.hangUp();
      this.connection = "fine";
    }
    this.schedule();
  }

  // ---- connection

  connect() {
    this.hangUp();
    const socket = new WebSocket(socketUrl(this.address));
    this.socket = socket;
    socket.onmessage = (message) => {
      if (socket === this.socket) this.receive(JSON.parse(message.data));
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.closed(event.code);
    };
  }

  hangUp() {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  receive(snapshot) {
    this.attempts = 0; // not on open: a server that accepts and drops must not be hammered
    this.connection = "fine";
    this.schedule();
    if (snapshot.version < this.snapshot.version) return;
    this.accept(snapshot);
    if (!ACTIVE.has(snapshot.state)) this.trigger("finished", true);
  }

  closed(code) {
    this.socket = null;
    this.schedule();
    if (code === LOST) {
      this.connection = "lost";
      this.trigger("lost", true);
      return;
    }
    this.connection = "broken";
    const longest = Math.min(8000, 1000 * 2 ** this.attempts++);
    this.timer = setTimeout(() => this.connect(), longest * (0.5 + Math.random() / 2));
  }

  /** The network or the visitor is back: does not wait for the timer. */
  hurry() {
    const waiting = this.connection === "broken" && this.socket === null;
    if (waiting && document.visibilityState === "visible") this.connect();
  }

  // ---- header

  get active() {
    return this.connection !== "lost" && ACTIVE.has(this.snapshot.state);
  }

  press() {
    // The second half of a double click on "Cancel" must not start the run again.
    if (performance.now() - this.relabelled < 600) return;
    this.again = !this.active; // a repeated run may come back under the same address
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

  /** Speaks at a change of state only; the text itself changes with every snapshot. */
  announce(event, words) {
    if (this.announced !== undefined && this.announced !== event) {
      this.announcement.textContent = words;
    }
    this.announced = event;
  }

  // ---- plot

  load() {
    this.problem.hidden = true;
    loadPlotly(this.library).then(
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

  schedule() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.renderHead();
      this.renderPlot();
    });
  }

  renderPlot() {
    const width = this.plot.clientWidth;
    const height = width < PHONE ? Math.min(this.figure.height, 360) : this.figure.height;
    this.plot.style.height = `${height}px`;
    if (!this.stale) this.shown = { figure: this.figure, snapshot: this.snapshot };
    this.plot.classList.toggle("live-chart-stale", this.stale);
    if (!this.Plotly || width === 0) return; // in a closed tab: the resize comes when it opens
    const { figure, snapshot } = this.shown;
    this.Plotly.react(
      this.plot,
      plotlyTraces(figure, snapshot, width < PHONE),
      plotlyLayout(figure, snapshot, theme(this.root), width, height),
      plotlyConfig(figure),
    );
  }

  remove() {
    this.hangUp();
    this.listeners.abort();
    this.resizes.disconnect();
    cancelAnimationFrame(this.frame);
    this.Plotly?.purge(this.plot);
    this.Plotly = undefined;
    this.root.remove();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (!charts.has(parentElement)) charts.set(parentElement, new LiveChart(parentElement));
  const chart = charts.get(parentElement);
  chart.update(data, setTriggerValue);
  return () => {
    chart.remove();
    charts.delete(parentElement);
  };
}
