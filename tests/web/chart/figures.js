// Figures and snapshots to test with.

export const style = (key, more = {}) => ({
  key, name: `The ${key}`, color: "#0072B2", dash: "solid", symbol: "circle", label: "", group: "", ...more,
});

export const axis = (more = {}) => ({
  title: "Noise", low: 0, high: 1, log: false, percent: false, auto: false, ...more,
});

export const logarithmic = (more = {}) => axis({ low: 0.01, log: true, ...more });

export const figure = (keys, more = {}) => ({
  id: "figure", entries: keys.length, fixed: false, x: axis(), y: axis({ title: "Error", percent: true }), traces: keys.map((key) => style(key)),
  filename: "figure", height: 420, revision: "", scale: 1, zero: false, kind: "lines", swept: "",
  rows: "", across: "", up: "", reference: "", corners: [], pressable: false, theory: "", focus: null, panels: [],
  layout: { xaxis: { range: [0, 1], title: { text: "Noise" } }, yaxis: { range: [0, 1], title: { text: "Error" } } },
  ...more,
});

export const colors = {
  text: "#111", background: "#fff", raised: "#eee", quiet: "#777", primary: "#07b", grid: "#ddd",
  line: "#bbb", font: "serif",
};

/** Where panels stand: so many, beside one another as there is room for on a phone, on a page, where it is wide. */
export const panels = (count, columns, more = {}) =>
  columns.map((most) => {
    const rows = Array.from({ length: Math.ceil(count / most) }, (_, row) => ({
      columns: most, panels: Math.min(most, count - row * most), height: 200, title: 20, below: 0, widths: 0,
    }));
    return {
      rows, gap: 0.1, more: 10, foot: 0, margin: 0, beside: 0, between: 0, squares: false, least: 300, most: 1e4,
      fill: true, shared: false, ...more,
    };
  });
