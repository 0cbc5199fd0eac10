// From a figure and a snapshot to what Plotly draws: pure functions, joined in front of
// live_chart.js into the one script that Streamlit accepts.

const PHONE = 560; // pixels of width below which the layout is the compact one

// ---- numbers and words ------------------------------------------------------------------------

// Plotly reads its texts as a small HTML.
const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function number(value, axis) {
  if (value === null || value === undefined) return "–";
  const digits = (v, more = 0) => String(Number(v.toPrecision(3 + more)));
  return axis.percent ? percent(value, digits) : digits(value);
}

/**
 * A share as a percentage that says neither 0 nor 100 of what is neither.
 *
 * `write(value, more)` is the text of a number with so many more digits than usual.
 */
function percent(share, write) {
  const says = (text) =>
    (Number(text) === 0) === (share === 0) && (Number(text) === 100) === (share === 1);
  const texts = [0, 1, 2, 3].map((more) => write(100 * share, more));
  const text = texts.find(says) ?? (share > 0.5 ? "over 99.99" : String(Number((100 * share).toPrecision(2))));
  return `${text}%`;
}

function translucent(hex, alpha) {
  const part = (start) => parseInt(hex.slice(start, start + 2), 16);
  return `rgba(${part(1)},${part(3)},${part(5)},${alpha})`;
}

/** The snapshot's traces that belong to the figure and have a point. */
function measured(figure, snapshot) {
  const keys = new Set(figure.traces.map((style) => style.key));
  return snapshot.traces.filter((trace) => keys.has(trace.key) && trace.x.length);
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

// Plotly finds a trace again by its uid, and also writes it into CSS selectors: no punctuation.
const uid = (part, key) => `${part}-${key.replace(/[^a-zA-Z0-9]/g, (c) => `_${c.codePointAt(0)}`)}`;

const drawable = (value, axis) => Number.isFinite(value) && (!axis.log || value > 0);

// The indices of the points that have a band, in runs without a gap.
function bandRuns(trace, figure) {
  const runs = [[]];
  trace.x.forEach((x, i) => {
    const top = drawable(x, figure.x) && drawable(trace.high[i], figure.y);
    if (top && Number.isFinite(trace.low[i])) runs.at(-1).push(i);
    else runs.push([]);
  });
  return runs.filter((run) => run.length);
}

// One closed polygon a run; a null parts them.
function bandOutline(trace, figure) {
  const clip = (value) => (figure.y.log ? Math.max(value, figure.y.low) : value);
  const x = [];
  const y = [];
  for (const run of bandRuns(trace, figure)) {
    const back = [...run].reverse();
    x.push(...[...run, ...back].map((i) => trace.x[i]), null);
    y.push(...run.map((i) => clip(trace.high[i])), ...back.map((i) => clip(trace.low[i])), null);
  }
  return { x, y };
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
  const scaled = (size) => size * figure.scale;
  return {
    // Without any point yet, one empty point keeps the legend complete and its size constant.
    x: trace.x.length ? trace.x : [null],
    y: trace.x.length ? trace.y.map((v) => (drawable(v, figure.y) ? v : null)) : [null],
    uid: uid("line", style.key),
    type: "scatter",
    mode: "lines+markers",
    name: escape(style.name),
    line: { color: style.color, dash: style.dash, width: scaled(compact ? 2 : 2.5) },
    marker: { symbol: style.symbol, size: scaled(compact ? 5 : 7), color: style.color },
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
  const traces = measured(figure, snapshot);
  const byKey = new Map(traces.map((trace) => [trace.key, trace]));
  const inTitle = !compact && sharedDetail(traces) !== "";
  const bands = [];
  const lines = [];
  for (const style of figure.traces) {
    const trace = byKey.get(style.key) ?? empty;
    const texts = hoverTexts(trace, style, figure, compact, inTitle);
    bands.push(bandTrace(trace, style, figure));
    lines.push(zeroTrace(trace, style, figure, texts));
    lines.push(lineTrace(trace, style, figure, texts, compact));
  }
  return [...bands, ...theoryTraces(figure, snapshot, compact), ...lines];
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
    ...(axis.auto ? { autorange: true } : { range: [scale(axis.low), scale(axis.high)] }),
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

function plotlyHeight(figure, width, further = 0) {
  if (figure.space) return figure.space;
  if (width >= PHONE) return Math.round(figure.height * Math.sqrt(figure.scale));
  const theory = figure.theory ? 1 : 0;
  const legendRows = Math.max(0, figure.traces.length + theory + further - 4); // must not be taken from the plot
  return Math.min(figure.height, 360) + 20 * legendRows;
}

function unifiedTitle(axis, detail) {
  const value = axis.percent ? "%{x:.3~p}" : "%{x:.3~g}";
  return `${escape(axis.title)}: ${value}${detail && `  ·  ${escape(detail)}`}`;
}

function plotlyLayout(figure, snapshot, colors, width, further = 0) {
  const compact = width < PHONE;
  const shared = sharedDetail(measured(figure, snapshot));
  const revision = figure.revision || "kept";
  return {
    width,
    height: plotlyHeight(figure, width, further),
    uirevision: revision,
    selectionrevision: revision,
    // On a touch screen a drag must scroll the page; zooming is one press in the mode bar away.
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    hovermode: compact ? "closest" : "x unified",
    paper_bgcolor: colors.background,
    plot_bgcolor: colors.background,
    font: { family: colors.font, size: figure.scale * (compact ? 12 : 15), color: colors.text },
    margin: { l: 8, r: 40, t: 8, b: 8 },
    legend: {
      orientation: "h",
      x: 0,
      y: 1.02,
      yanchor: "bottom",
      bgcolor: "rgba(0,0,0,0)",
      tracegroupgap: compact ? 0 : 10,
    },
    hoverlabel: {
      bgcolor: colors.raised,
      bordercolor: colors.line,
      font: { color: colors.text, size: figure.scale * (compact ? 12 : 14) },
    },
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
    yaxis: {
      ...plotlyAxis(figure.y, colors, compact),
      zeroline: figure.zero,
      zerolinecolor: colors.quiet,
    },
  };
}

// In a file the page's own font is missing, and what is laid out in one font and drawn in another is
// cut. These are as wide as each other, and at least one of them is on nearly every machine.
const FILE_FONT = "Arial, Liberation Sans, Helvetica, sans-serif";

/** Saves a chart as a file, laid out anew in a font that the file will be drawn with. */
function save(node, format) {
  const { filename, scale } = node._context.toImageButtonOptions;
  const layout = { ...node.layout, font: { ...node.layout.font, family: FILE_FONT } };
  const how = { format, filename, ...(format === "png" ? { scale } : {}) };
  return Plotly.downloadImage({ data: node.data, layout }, how);
}

const fileButton = (name, format, icon) => ({
  name,
  title: `Download plot as ${format === "png" ? "a" : "an"} ${format.toUpperCase()}`,
  icon,
  click: (node) => save(node, format),
});

// Once for ever: react() takes new functions for a new configuration, and plots anew.
let fileButtons;

function plotlyConfig(figure) {
  fileButtons ??= [
    fileButton("toImage", "png", Plotly.Icons.camera),
    fileButton("toSvg", "svg", {
      width: 24, height: 24, path: "M12 16l-5-5h3V4h4v7h3zM5 18h14v2H5z",
    }),
  ];
  return {
    displaylogo: false,
    displayModeBar: true,
    showTips: false,
    doubleClick: "reset",
    modeBarButtons: [fileButtons, ["zoom2d", "pan2d", "resetScale2d"]],
    toImageButtonOptions: { format: "png", filename: figure.filename, scale: 3 },
  };
}
