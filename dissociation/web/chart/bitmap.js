// A matrix of bytes as an image that the browser paints by itself: an indexed bitmap is a header, a
// palette and the bytes as they came, so nothing is computed here, whatever the size.

/** @import { Bitmap, Grey, Plot } from "./types" */

const HEADER = 1080; // bytes before the rows: a multiple of 3, so that base64 can be appended
const SCALES = {
  Cividis: [
    "#00224e", "#123570", "#3b496c", "#575d6d", "#707173",
    "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838",
  ],
  Viridis: [
    "#440154", "#482878", "#3e4989", "#31688e", "#26828e",
    "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725",
  ],
};

/** @param {string} text base64 */
export function bytes(text) {
  const raw = atob(text);
  const found = new Uint8Array(raw.length);
  for (let place = 0; place < raw.length; place++) found[place] = raw.charCodeAt(place);
  return found;
}

/** @type {WeakMap<object, Uint8Array>} */
const decoded = new WeakMap();

/** The values of a matrix, or of one of several. @param {Grey} matrix @param {number} number */
export function rowsOfBytes(matrix, number = 0) {
  const flat = decoded.get(matrix) ?? bytes(matrix.bytes);
  decoded.set(matrix, flat);
  const { low, high } = matrix;
  const [height, width] = matrix.shape.slice(-2);
  const begin = number * height;
  return Array.from({ length: height }, (_, row) =>
    Array.from(
      flat.subarray((begin + row) * width, (begin + row + 1) * width),
      (b) => low + (b / 255) * (high - low),
    ),
  );
}

/**
 * The colour of a share from 0 to 1 of a scale: red, green, blue.
 *
 * @param {string[]} stops
 * @param {number} share
 */
function scaled(stops, share) {
  const place = share * (stops.length - 1);
  const below = Math.min(Math.floor(place), stops.length - 2);
  const [low, high] = [stops[below], stops[below + 1]];
  return [1, 3, 5].map((at) => {
    const [from, to] = [low, high].map((stop) => parseInt(stop.slice(at, at + 2), 16));
    return Math.round(from + (to - from) * (place - below));
  });
}

/** @type {Map<string, string>} */
const headers = new Map();

/**
 * What stands before the rows of a bitmap, in base64.
 *
 * @param {number} height
 * @param {number} width
 * @param {number} stride
 * @param {Bitmap["colors"]} scale
 */
function bitmapHeader(height, width, stride, scale) {
  const name = [height, width, stride, scale].join();
  let found = headers.get(name);
  if (found === undefined) {
    const header = new DataView(new ArrayBuffer(HEADER));
    header.setUint16(0, 0x424d); // "BM"
    header.setUint32(2, HEADER + height * stride, true);
    header.setUint32(10, HEADER, true);
    header.setUint32(14, 40, true);
    header.setInt32(18, width, true); // a row takes a multiple of four bytes
    header.setInt32(22, height, true);
    header.setUint16(26, 1, true);
    header.setUint16(28, 8, true); // bits a pixel, each the number of a colour
    header.setUint32(46, 256, true);
    for (let index = 0; index < 256; index++) {
      const [red, green, blue] = scaled(SCALES[scale], index / 255);
      for (const [n, part] of [blue, green, red, 0].entries()) {
        header.setUint8(54 + 4 * index + n, part);
      }
    }
    found = btoa(String.fromCharCode(...new Uint8Array(header.buffer)));
    headers.set(name, found);
  }
  return found;
}

/** Rows of values for the pointer, computed where it points. @param {Bitmap} matrix */
function pointedRows({ bytes: text, shape: [height, width], stride, largest }) {
  /** @type {Uint8Array | undefined} */
  let flat;
  /** @param {number} row */
  const valuesOf = (row) => {
    flat ??= bytes(text);
    const start = (height - 1 - row) * stride; // a bitmap begins with its lowest row
    return Array.from(flat.subarray(start, start + width), (b) => (b / 255) * largest);
  };
  const rows = new Array(height);
  for (let row = 0; row < height; row++) {
    Object.defineProperty(rows, row, { get: () => valuesOf(row), enumerable: true });
  }
  return rows;
}

/** @param {Bitmap} matrix */
export const bitmapSource = ({ shape: [height, width], stride, bytes: rows, colors }) =>
  `data:image/bmp;base64,${bitmapHeader(height, width, stride, colors)}${rows}`;

/** What of a trace shows a matrix. @param {Bitmap} matrix @returns {Plot} */
export const bitmapTrace = (matrix) => ({ source: bitmapSource(matrix), text: pointedRows(matrix) });
