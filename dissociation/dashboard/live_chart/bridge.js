// The bridge from theory to measurement: a point a network, and the laws through all of them.

const isLaw = ({ group }) => group === "law";

/** The figure of the points alone, which is a map. */
const bridgePoints = (figure) => ({ ...figure, traces: figure.traces.filter((s) => !isLaw(s)) });

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
      visible: trace ? true : "legendonly",
      line: { color: style.color, dash: style.dash, width: 2.5 * figure.scale },
      hoverinfo: "skip",
      legendrank: 2000,
    };
  });
  const shown = snapshot.traces.filter(({ places }) => places);
  return [...lines, ...mapTraces(bridgePoints(figure), { ...snapshot, traces: shown })];
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
