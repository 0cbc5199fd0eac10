// Why a network breaks: its noise by layers, by factors and by neurons, and against its margins.

const SOURCE_FILLS = ["", "/", "x", "."]; // told apart without colour, too

const traceOf = (snapshot, key) => snapshot.traces.find((trace) => trace.key === key);

/** A line without symbols; `key` is also the trace's. */
function plainLine(figure, snapshot, style, more = {}) {
  const trace = traceOf(snapshot, style.key) ?? { x: [], y: [], detail: "" };
  return {
    uid: uid("line", style.key),
    type: "scatter",
    mode: "lines",
    name: escape(style.name),
    legendgroup: style.key,
    x: trace.x.length ? trace.x : [null],
    y: trace.x.length ? trace.y : [null],
    line: { color: style.color, dash: style.dash, width: 2.5 * figure.scale },
    text: trace.y.map((value) => number(value, figure.y)),
    hovertemplate: `${escape(style.name)}: %{text}<extra></extra>`,
    ...more,
  };
}

/** A dotted line where the visitor looks. */
function focusShape(figure, colors) {
  if (figure.focus === null) return [];
  const at = figure.focus;
  return [
    {
      type: "line", yref: "paper", y0: 0, y1: 1, x0: at, x1: at,
      line: { color: colors.text, dash: "dot", width: 1.5 },
    },
  ];
}

function causesLayout(figure, snapshot, colors, width) {
  const layout = plotlyLayout(figure, snapshot, colors, width);
  layout.shapes = focusShape(figure, colors);
  layout.margin.r = 44;
  return layout;
}

// ---- shares of the layers ---------------------------------------------------------------------

/** Stacked areas of what was sampled, or, before that, of the formula; its borders as lines. */
function sharesTraces(figure, snapshot) {
  const [areas, [formula]] = [figure.traces.slice(0, 4), figure.traces.slice(4)];
  const sampled = traceOf(snapshot, areas[0].key)?.x.length > 0;
  const stacked = areas.map((style, number) => {
    const own = sampled ? style : { ...style, key: `${style.key}-formula` };
    return {
      ...plainLine(figure, snapshot, own),
      uid: uid("area", style.key),
      name: escape(style.name),
      stackgroup: "shares",
      line: { color: style.color, width: 0.5 },
      fillcolor: translucent(style.color, sampled ? 0.75 : 0.4),
      fillpattern: {
        shape: SOURCE_FILLS[number], fillmode: "overlay", fgcolor: "#ffffff", fgopacity: 0.6,
        size: 10, solidity: 0.15,
      },
    };
  });
  let below = [];
  const borders = areas.slice(0, 3).flatMap((style, number) => {
    const trace = traceOf(snapshot, `${style.key}-formula`);
    below = (trace?.y ?? []).map((share, i) => share + (below[i] ?? 0));
    const y = below.length ? below : [null];
    const border = (part, line) => ({
      uid: `border-${part}-${number}`,
      type: "scatter",
      mode: "lines",
      showlegend: false,
      x: trace ? trace.x : [null],
      y,
      line,
      hoverinfo: "skip",
    });
    // Light dashes on a dark line are seen on any colour.
    return [
      border("dark", { color: "#222222", width: 4 * figure.scale }),
      border("light", { color: "#ffffff", dash: formula.dash, width: 2 * figure.scale }),
    ];
  });
  // In the legend a colour that is seen on any background.
  return [...stacked, ...borders, plainLine(figure, { traces: [] }, formula)];
}

// ---- what scaling would do --------------------------------------------------------------------

/** With the products of the layers' noises, at the noise scale that is looked at. */
function withProducts(figure, snapshot) {
  const sum = traceOf(snapshot, "sum");
  if (!sum) return snapshot;
  const at = (part) => part.reduce((all, value, i) => all + value * figure.focus ** (2 * i), 0);
  const [into, out, rest] = [sum.parts.into, sum.parts.out, sum.parts.rest].map(at);
  const gain = (alpha) => into * (sum.now / alpha) ** 2 + out * (alpha / sum.now) ** 2 + rest;
  const made = [{ ...sum, key: "at", y: sum.x.map(gain) }];
  if (into > 0 && out > 0) {
    const best = sum.now * (into / out) ** 0.25;
    made.push({ ...sum, key: "best-at", x: [best], y: [gain(best)] });
  }
  return { ...snapshot, traces: [...snapshot.traces, ...made] };
}

function tradeOffTraces(figure, given) {
  const snapshot = withProducts(figure, given);
  return figure.traces.flatMap((style) => {
    const trace = traceOf(snapshot, style.key);
    if (style.group !== "point") return [plainLine(figure, snapshot, style)];
    const where = trace ? ` (α = ${number(trace.x[0], figure.x)})` : "";
    return [
      {
        ...plainLine(figure, snapshot, style),
        mode: "markers",
        name: `${escape(style.name)}${where}`,
        marker: {
          color: style.color, symbol: style.symbol, size: 13 * figure.scale,
          line: { color: "#ffffff", width: 1.5 },
        },
        hovertemplate: `${escape(style.name)}${where}: %{y:.3~g}<extra></extra>`,
      },
    ];
  });
}

function tradeOffLayout(figure, snapshot, colors, width) {
  const layout = causesLayout(figure, snapshot, colors, width);
  layout.shapes = [];
  layout.yaxis = { ...layout.yaxis, tickformat: "", exponentformat: "power", dtick: 1 };
  layout.hovermode = "closest";
  const sum = traceOf(snapshot, "sum");
  if (sum) {
    // As much of the ordinates as the sum takes within the range of factors, and two decades below.
    const seen = sum.y.filter((_, i) => sum.x[i] >= figure.x.low && sum.x[i] <= figure.x.high);
    const [low, high] = [Math.min(...seen), Math.max(...seen)].map(Math.log10);
    layout.yaxis.autorange = false;
    layout.yaxis.range = [low - 2, high + 0.1];
  }
  return layout;
}

// ---- neurons ----------------------------------------------------------------------------------

function neuronsTraces(figure, snapshot, compact) {
  const trace = traceOf(snapshot, figure.across) ?? { x: [], neurons: [], kinds: [], copies: [] };
  const parts = figure.traces.filter(({ group }) => group === "part");
  const kinds = figure.traces.filter(({ group }) => group === "kind");
  const digits = (value, more) => value.toPrecision(2 + more);
  const bars = parts.map((style, number) => ({
    uid: uid("bar", style.key),
    type: "bar",
    name: escape(style.name),
    x: trace.x.length ? trace.x : [null],
    y: trace.x.length ? trace[style.key] : [null],
    marker: {
      color: style.color,
      pattern: {
        shape: SOURCE_FILLS[number + 1], fillmode: "overlay", fgcolor: "#ffffff", fgopacity: 0.6,
        size: 7, solidity: 0.2,
      },
    },
    hovertext: trace.x.map(
      (_, i) =>
        `neuron ${trace.neurons[i]} (${trace.kinds[i]}` +
        `${trace.copies[i] > 1 ? `, one of ${trace.copies[i]} alike` : ""})<br>` +
        `${escape(style.name)}: ${percent(trace[style.key][i], digits)} of all noise`,
    ),
    hovertemplate: "%{hovertext}<extra></extra>",
  }));
  const above = 0.04 * Math.max(...trace.x.map((_, i) => trace.y[i]));
  const marks = kinds.map((style) => {
    const mine = trace.x.filter((_, i) => trace.kinds[i] === style.key);
    const tops = mine.map((rank) => trace.y[rank - 1] + above);
    return {
      uid: uid("kind", style.key),
      type: "scatter",
      mode: "markers",
      name: escape(style.name),
      x: mine.length ? mine : [null],
      y: mine.length ? tops : [null],
      marker: { color: style.color, symbol: style.symbol, size: (compact ? 8 : 11) * figure.scale },
      cliponaxis: false,
      hoverinfo: "skip",
    };
  });
  return [...bars, ...marks];
}

function neuronsLayout(figure, snapshot, colors, width) {
  const layout = causesLayout(figure, snapshot, colors, width);
  layout.barmode = "stack";
  layout.bargap = 0.15;
  layout.legend.traceorder = "normal";
  layout.hovermode = "closest";
  layout.yaxis.rangemode = "tozero";
  layout.xaxis.showspikes = false;
  layout.xaxis.showgrid = false;
  return layout;
}
