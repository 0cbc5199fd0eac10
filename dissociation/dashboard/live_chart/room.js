// The line to a room of a class: how many predictions there are, their band, whether the curve is
// revealed.

const GONE = 4404; // the server's close code for "no such room"

class RoomLine {
  latest = null;
  attempts = 0;

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
      this.latest = JSON.parse(message.data);
      this.changed(this.latest, first);
      first = false;
    };
    socket.onclose = (event) => {
      if (socket !== this.socket) return;
      if (event.code === GONE) {
        this.latest = { ...this.latest, gone: true };
        this.changed(this.latest, false);
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
