// The line to a job, which all charts of a page that follow it share.

import { socketUrl } from "./server.js";

/**
 * @import { News, Part, Snapshot } from "./types"
 *
 * @typedef {object} Listener
 * @property {string} key of its chart
 * @property {(news: Snapshot) => void} hear
 * @property {(lost: boolean) => void} cut the line is broken and tried again, or the job is unknown
 */

const LOST = 4404; // the server's close code for "no such job"

/** @type {Part} */
const NOTHING = { figure: "", traces: [], layout: {}, paths: [], walk: null, blank: true };

/** @type {Map<string, Feed>} */
const feeds = new Map();

class Feed {
  /** @type {Set<Listener>} */
  listeners = new Set();
  /** @type {News | undefined} */
  latest;
  /** @type {Record<string, Part>} */
  parts = {}; // what each chart shows; what is left out of a message is as in the one before
  /** @type {WebSocket | null} */
  socket = null;
  /** @type {number | undefined} */
  timer;
  attempts = 0; // to connect, since the last message

  /** @param {string} address */
  constructor(address) {
    this.address = address;
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    const socket = new WebSocket(socketUrl(this.address));
    this.socket = socket;
    socket.onmessage = (message) => {
      if (socket === this.socket) this.receive(JSON.parse(message.data));
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.closed(event.code);
    };
  }

  /** @param {News} news */
  receive(news) {
    this.attempts = 0; // not on open: a server that accepts and drops must not be hammered
    this.latest = news;
    for (const [key, part] of Object.entries(news.charts)) {
      this.parts[key] = { ...this.parts[key], ...part };
    }
    for (const listener of this.listeners) this.tell(listener, news);
  }

  /** @param {Listener} listener @param {News} news */
  tell(listener, { charts, ...state }) {
    listener.hear({ ...NOTHING, ...state, ...this.parts[listener.key] });
  }

  /** @param {number} code */
  closed(code) {
    this.socket = null;
    for (const listener of this.listeners) listener.cut(code === LOST);
    if (code === LOST) return;
    const longest = Math.min(8000, 1000 * 2 ** this.attempts++);
    this.timer = setTimeout(() => this.connect(), longest * (0.5 + Math.random() / 2));
  }

  /** The network or the visitor is back: does not wait for the timer. */
  hurry() {
    if (this.socket === null) this.connect();
  }

  end() {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}

/**
 * Has a chart hear what a job publishes, until it leaves.
 *
 * @param {string} address of the WebSocket
 * @param {Listener} listener
 */
export function follow(address, listener) {
  const feed = feeds.get(address) ?? new Feed(address);
  feeds.set(address, feed);
  feed.listeners.add(listener);
  // Not before the chart has taken hold of the line, which it may leave at once.
  queueMicrotask(() => {
    if (feed.latest && feed.listeners.has(listener)) feed.tell(listener, feed.latest);
  });
  return {
    hurry: () => feed.hurry(),
    leave: () => {
      feed.listeners.delete(listener);
      if (feed.listeners.size > 0 || feeds.get(address) !== feed) return;
      feeds.delete(address);
      feed.end();
    },
  };
}
