// The kinds of chart that one snapshot can be drawn as.

const KINDS = {
  lines: { traces: plotlyTraces, layout: plotlyLayout, height: plotlyHeight },
  multiples: { traces: multiplesTraces, layout: multiplesLayout, height: multiplesHeight },
  representation: {
    traces: representationTraces,
    layout: representationLayout,
    height: representationHeight,
    sight: representationSight,
    drawing: representationDrawing,
  },
  map: { traces: mapTraces, layout: mapLayout, height: mapHeight, paths: mapPaths },
  phantom: {
    traces: phantomTraces,
    layout: phantomLayout,
    height: phantomHeight,
    drawing: phantomDrawing,
  },
  walk: { traces: walkTraces, layout: walkLayout, height: walkHeight, drawing: walkDrawing },
  pairs: { traces: pairsTraces, layout: pairsLayout, height: pairsHeight, drawing: pairsDrawing },
  exact: { traces: exactTraces, layout: exactLayout, height: plotlyHeight },
  shares: { traces: sharesTraces, layout: causesLayout, height: plotlyHeight },
  tradeoff: { traces: tradeOffTraces, layout: tradeOffLayout, height: plotlyHeight },
  neurons: { traces: neuronsTraces, layout: neuronsLayout, height: plotlyHeight },
  margins: { traces: marginsTraces, layout: marginsLayout, height: plotlyHeight },
  bridge: { traces: bridgeTraces, layout: bridgeLayout, height: bridgeHeight },
  heatmap: { traces: heatmapTraces, layout: heatmapLayout, height: heatmapHeight },
};
