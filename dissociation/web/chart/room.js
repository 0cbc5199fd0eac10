// The line to a room of a class: how many predictions there are, their band, whether the curve is
// revealed.

import { socketUrl } from "./server.js";

/** @import { Room } from "./types" */

const GONE = 4404; // the server's close code for "no such room"

/** @type {Room} */
const NOTHING = { round: 0, revealed: false, count: 0, enough: 0, band: null };

export class RoomLine {
  /** @type {Room | null} */
  latest = null;
  /** @type {WebSocket | null} */
  socket = null;
  /** @type {number | undefined} */
  timer;
  waiting = false;
  attempts = 0;

  /**
   * @param {string} path of the WebSocket
   * @param {(news: Room, first: boolean) => void} changed `first` on this connection
   */
  constructor(path, changed) {
    this.path = path;
    this.changed = changed;
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    this.waiting = false;
    const socket = new WebSocket(socketUrl(this.path));
    this.socket = socket;
    let first = true;
    socket.onmessage = (message) => {
      this.attempts = 0;
      /** @type {Room} */
      const news = JSON.parse(message.data);
      this.latest = news;
      this.changed(news, first);
      first = false;
    };
    socket.onclose = (event) => {
      if (socket !== this.socket) return;
      if (event.code === GONE) {
        const news = { ...(this.latest ?? NOTHING), gone: true };
        this.latest = news;
        this.changed(news, false);
        return;
      }
      this.waiting = true;
      // Sixty browsers must not come back in the same moment.
      const longest = Math.min(8000, 1000 * 2 ** this.attempts++);
      this.timer = setTimeout(() => this.connect(), longest * (0.5 + Math.random() / 2));
    };
  }

  /** The network or the visitor is back: does not wait for the timer. */
  hurry() {
    if (this.waiting) this.connect();
  }

  hangUp() {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}
