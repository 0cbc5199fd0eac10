// The bridge from theory to measurement: a point a network, and the laws through all of them.

const isLaw = ({ group }) => group === "law";

/** The figure of the points alone, which is a map. */
const bridgePoints = (figure) => ({ ...figure, traces: figure.traces.filter((s) => !isLaw(s)) });

/** Labels only of what is far from the crowd around the reference, where they would cover all. */
function farLabels(trace, all) {
  const reference = all.at(-1).x[0];
  const near = (x) => !reference || Math.abs(Math.log10(x / reference)) < 0.8;
  return { ...trace, text: trace.text.map((text, i) => (near(trace.x[i]) ? "" : text)) };
}

function bridgeTraces(figure, snapshot) {
  const lines = figure.traces.filter(isLaw).map((style) => {
    const trace = snapshot.traces.find(({ key }) => key === `${style.key}-${figure.across}`);
    const slope = trace ? trace.slope.toFixed(2).replace("-", "−") : "";
    const told = trace ? `: slope ${slope}, R² = ${trace.r2.toFixed(2)}` : "";
    return {
      uid: uid("law", style.key),
      type: "scatter",
      mode: "lines",
      name: `${escape(style.name)}${told}`,
      x: trace ? trace.x : [null],
      y: trace ? trace.y : [null],
      line: { color: style.color, dash: style.dash, width: 2.5 * figure.scale },
      hoverinfo: "skip",
      legendrank: 2000,
    };
  });
  const shown = snapshot.traces.filter(({ places }) => places);
  const points = mapTraces(bridgePoints(figure), { ...snapshot, traces: shown });
  return [...lines, ...points.map((trace) => farLabels(trace, points))];
}

const bridgeHeight = (figure, width) => mapHeight(figure, width);

function bridgeLayout(figure, snapshot, colors, width) {
  const shown = snapshot.traces.filter(({ places }) => places);
  const layout = mapLayout(bridgePoints(figure), { ...snapshot, traces: shown }, colors, width);
  layout.yaxis.rangemode = "normal";
  layout.shapes = [];
  layout.xaxis = { ...layout.xaxis, tickformat: "", exponentformat: "power", dtick: 1 };
  return layout;
}
