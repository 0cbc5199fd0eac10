// The dissociation map: across how far the function has moved, up how far the representation.

/** The traces of a group, in order, with what the two axes show of them. */
function mapGroups(figure, snapshot) {
  const byKey = new Map(snapshot.traces.map((trace) => [trace.key, trace]));
  const groups = new Map();
  for (const style of figure.traces) {
    const trace = byKey.get(style.key);
    const [across, up] = [figure.across, figure.up].map((name) => trace?.differences[name]);
    const known = Number.isFinite(across) && Number.isFinite(up);
    if (!groups.has(style.group)) groups.set(style.group, { style, points: [], count: 0 });
    if (known) groups.get(style.group).points.push({ style, across, up, rank: groups.get(style.group).count });
    groups.get(style.group).count += 1;
  }
  return groups;
}

function mapTraces(figure, snapshot) {
  return [...mapGroups(figure, snapshot).values()].map(({ style, points }) => ({
    uid: uid("map", style.group),
    type: "scatter",
    mode: points.length > 1 && style.dash ? "lines+markers+text" : "markers+text",
    name: escape(style.name),
    x: points.length ? points.map(({ across }) => Math.max(across, figure.x.low)) : [null],
    y: points.length ? points.map(({ up }) => up) : [null],
    // Only the end of a line is labelled; the others answer to hover.
    text: points.map(({ style: own }, i) => (i < points.length - 1 ? "" : escape(own.label))),
    textposition: "middle right",
    textfont: { size: figure.scale * 11 },
    customdata: points.map(({ style: own }) => own.key),
    hovertext: points.map(
      ({ style: own, across, up }) =>
        `<b>${escape(own.name)}, ${escape(own.label)}</b><br>` +
        `${escape(figure.x.title)}: ${number(across, figure.x)}<br>` +
        `${escape(figure.y.title)}: ${number(up, figure.y)}` +
        (figure.pressable ? "<br>press to open it" : ""),
    ),
    hovertemplate: "%{hovertext}<extra></extra>",
    cliponaxis: false,
    line: { color: style.color, dash: style.dash || "solid", width: 1.5 * figure.scale },
    marker: {
      color: style.color,
      symbol: style.symbol,
      // Larger is stronger.
      size: points.map(({ rank }) => figure.scale * (8 + 2.5 * rank)),
      line: { color: "#ffffff", width: 1 },
    },
  }));
}

/** A line is one entry of the legend, however many points it has. */
function mapHeight(figure, width) {
  const lines = new Set(figure.traces.map(({ group }) => group));
  return plotlyHeight({ ...figure, traces: [...lines] }, width);
}

function mapLayout(figure, snapshot, colors, width) {
  const layout = plotlyLayout(figure, snapshot, colors, width);
  layout.height = mapHeight(figure, width);
  layout.hovermode = "closest";
  layout.xaxis.showspikes = false;
  layout.yaxis.rangemode = "tozero";
  layout.margin.r = 70;
  if (width >= PHONE) {
    const corner = (text, x, y, xanchor, yanchor) => ({
      text: `<i>${text}</i>`, xref: "paper", yref: "paper", x, y, xanchor, yanchor,
      showarrow: false, font: { color: colors.quiet, size: figure.scale * 13 },
    });
    layout.annotations = [
      corner("same function,<br>different representation", 0.1, 0.99, "left", "top"),
      corner("different function,<br>similar representation", 0.99, 0.01, "right", "bottom"),
    ];
  }
  return layout;
}
