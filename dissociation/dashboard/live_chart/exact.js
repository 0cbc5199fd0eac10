// Closed forms as lines, and what was drawn beside them as points with error bars.

function exactTraces(figure, snapshot, compact) {
  const byKey = new Map(measured(figure, snapshot).map((trace) => [trace.key, trace]));
  const empty = { x: [], y: [], low: [], high: [] };
  const sampled = figure.traces.some(({ group }) => group === "drawn");
  return figure.traces.map((style) => {
    const trace = byKey.get(style.key) ?? empty;
    const drawn = style.group === "drawn";
    const show = (value) => number(value, figure.y);
    const said = (i) => (drawn ? ` (${show(trace.low[i])} to ${show(trace.high[i])})` : "");
    const texts = trace.y.map((value, i) => {
      const at = compact ? ` at ${number(trace.x[i], figure.x)}` : "";
      const further = trace.words ? `  ${escape(trace.words[i])}` : "";
      return `${escape(style.name)}${at}  <b>${show(value)}</b>${said(i)}${further}`;
    });
    const line = lineTrace(trace, style, figure, texts, compact);
    if (!drawn) {
      // Without points of their own, lines of one place are told apart by symbols, too.
      return { ...line, mode: sampled ? "lines" : "lines+markers", marker: { ...line.marker, maxdisplayed: 8 } };
    }
    return {
      ...line,
      mode: "markers",
      showlegend: false,
      legendgroup: style.label,
      error_y: {
        type: "data",
        symmetric: false,
        array: trace.y.map((y, i) => trace.high[i] - y),
        arrayminus: trace.y.map((y, i) => y - trace.low[i]),
        color: style.color,
        thickness: 1.5 * figure.scale,
        width: 4 * figure.scale,
      },
    };
  });
}

function exactLayout(figure, snapshot, colors, width, further) {
  const layout = plotlyLayout(figure, snapshot, colors, width, further);
  layout.xaxis.unifiedhovertitle = { text: unifiedTitle(figure.x, "") };
  return layout;
}
