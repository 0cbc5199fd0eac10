// What the scripts of the live chart pass to one another; the first part comes from Python.

/** See `Axis` in figure.py. */
export interface Axis {
  title: string;
  low: number;
  high: number;
  log: boolean;
  percent: boolean;
  auto?: boolean;
}

/** What is read of `FigureSpec` in figure.py; `entries` of the legend, `id` as in what is drawn of it. */
export interface Figure {
  id: string;
  entries: number;
  x: Axis;
  y: Axis;
  filename: string;
  height: number;
  fixed: boolean;
  revision: string;
  scale: number;
  zero: boolean;
  kind: string;
  theory: string;
  panels: Panels[];
  /** What its own layout is merged over. */
  layout: Plot;
  /** Pixels of height that a lecture's window has for it. */
  space?: number | null;
}

/** See `Panels` in figure.py. */
export interface Panels {
  rows: { columns: number; panels: number; height: number; title: number; below: number; widths: number }[];
  gap: number;
  more: number;
  foot: number;
  margin: number;
  beside: number;
  between: number;
  squares: boolean;
  least: number;
  most: number;
  fill: boolean;
  shared: boolean;
}

/** A number that JSON has a word for. */
export type Value = number | null;

/** One matrix or several, and what the bytes 0 and 255 stand for. */
export interface Grey {
  bytes: string;
  shape: number[];
  low: number;
  high: number;
}

/** A matrix in the order of a bitmap, each row of `stride` bytes, of which 255 is `largest`. */
export interface Bitmap {
  bytes: string;
  shape: [number, number];
  stride: number;
  largest: number;
  colors: "Cividis" | "Viridis";
}

export interface Table {
  title: string;
  columns: Cell[];
  groups: { name: string; rows: Cell[][] }[];
  note: string;
}

/** Text, or text and small text. */
export type Cell = string | [string, string];

/** How far a job is. */
export interface State {
  version: number;
  state: string;
  message: string;
  progress: number;
  company?: number;
  table?: Table;
}

/** What one chart draws of a job, see `Plot` in plotting.py. */
export interface Part {
  /** The id of the figure that it is of. */
  figure: string;
  traces: Plot[];
  layout: Plot;
  paths: Path[];
  walk: Walk | null;
  /** There are no numbers yet. */
  blank: boolean;
}

/** See `live_chart` in __init__.py. */
export type Snapshot = State & Part;

/** A message of a job to all charts of a page; what is left out is as in the message before. */
export type News = State & { charts: Record<string, Part> };

/** What a page of its own is given: charts one below the other. */
export interface Shown {
  charts: { figure: Figure; part: Part }[];
  alt: string;
}

/** See `Prediction` in figure.py. */
export interface Prediction {
  question: string;
  name: string;
  x: number[];
  start: number[];
  guess: number[] | null;
  drawing: boolean;
  words: string;
  button: string;
  waiting: string;
  room: string | null;
  revision: string;
  band: boolean;
}

/** What a room says of itself. */
export interface Room {
  round: number;
  revealed: boolean;
  count: number;
  enough: number;
  band: { low: number[]; high: number[]; mean: number[] | null } | null;
  gone?: boolean;
}

/** What the script passes to the element. */
export interface Data {
  /** Of the chart on its page. */
  key: string;
  figure: Figure;
  snapshot: Snapshot;
  address: string | null;
  alt: string;
  library: string;
  second: boolean;
  prediction: Prediction | null;
}

/** What Streamlit calls an element's function with, again whenever its data change. */
export interface Element {
  data: Data;
  parentElement: globalThis.Element;
  setTriggerValue: Trigger;
}

/** Tells the script that something happened. */
export type Trigger = (event: string, value: unknown) => void;

// ---- drawing ----------------------------------------------------------------------------------

/** Colours and font of the theme. */
export interface Colors {
  text: string;
  background: string;
  raised: string;
  quiet: string;
  primary: string;
  grid: string;
  line: string;
  font: string;
}

// Plotly's own words, which it checks itself.
export type Plot = Record<string, any>;

/** What of a snapshot is drawn. */
export interface View extends Omit<Part, "figure"> {
  /** Of a walk, the step that is shown. */
  step?: number;
}

/** Its height in pixels. */
export type Height = (figure: Figure, width: number, further?: number) => number;

/** An image with its place in pixels. */
export interface Sight {
  source: string;
  left: number;
  top: number;
  width: number;
  height: number;
}

/** What is passed on the way from a network through the strengths of a sweep. */
export interface Node {
  across: number;
  up: number;
  share: number;
  size: number;
  label: string;
}

export interface Path {
  style: { group: string; color: string; symbol: string };
  count: number;
  nodes: Node[];
}

/** Steps that can be played. */
export interface Walk {
  name: string;
  last: number;
}

/** One kind of chart. */
export interface Kind {
  /** The traces of a chart, as Plotly takes them. */
  traces: (view: View, compact: boolean, colors: Colors) => Plot[];
  /** Its layout; `further` entries of the legend come from elsewhere. */
  layout: (figure: Figure, view: View, colors: Colors, width: number, further?: number) => Plot;
  height: Height;
  /** Tells one drawing from another, if that is worth its while; null while there is nothing to see. */
  drawing: (figure: Figure, view: View, colors: Colors, width: number) => string | null | undefined;
  sight?: (figure: Figure, view: View, width: number) => Sight[];
}

/** A node that Plotly has drawn into. */
export interface Drawn extends HTMLElement {
  data: Plot[];
  layout: Plot;
  _context: Plot;
  _fullLayout?: Plot;
  on: (event: string, listener: (event: Plot) => void) => void;
}

export interface PlotlyLibrary {
  react: Draw;
  newPlot: Draw;
  purge: (node: HTMLElement) => void;
  downloadImage: (plot: Plot, how: Plot) => Promise<string>;
  Icons: Record<string, Plot>;
}

type Draw = (node: HTMLElement, data: Plot[], layout: Plot, config: Plot) => Promise<Drawn>;

declare global {
  const Plotly: PlotlyLibrary;
  interface Window {
    Plotly: PlotlyLibrary;
    dissociationPlotly?: Promise<PlotlyLibrary>;
    dissociationHistory?: boolean;
  }
}
