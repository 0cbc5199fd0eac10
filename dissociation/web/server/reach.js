// Says on the page why nothing comes, if its sockets do not get through. Needs none itself.

const FIRST = 4000; // a page has its socket within a second; in a full class, a few
const AGAIN = 3000;
/** @type {HTMLElement | null} */
let box = null;

function connected() {
  /** @type {HTMLElement | null} */
  const app = document.querySelector('[data-testid="stApp"]');
  return app?.dataset.testConnectionState === "CONNECTED";
}

function socketOpens() {
  const url = new URL("./api/reach", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => resolve(true);
    socket.onclose = () => resolve(false); // after it has opened, this comes too late to matter
  });
}

async function reason() {
  const answer = await fetch("./api/reach").catch(() => null);
  if (!answer?.ok) return "The lab does not answer. This page tries again by itself.";
  const { host } = await answer.json();
  if (host === location.host) {
    return (
      "This page cannot open a WebSocket to the lab. A proxy on the way has to pass on HTTP/1.1 " +
      "with the headers Upgrade and Connection (docs/operating.md)."
    );
  }
  return (
    `This page cannot open a WebSocket to the lab: the browser asked for “${location.host}”, and ` +
    `the proxy asked the lab for “${host}”. Let the proxy pass on the header Host as the browser ` +
    `sent it, or start the lab with DISSOCIATION_ORIGINS=${location.origin} (docs/operating.md).`
  );
}

/** @param {string} words */
function say(words) {
  if (!box) {
    box = document.createElement("div");
    box.setAttribute("role", "alert");
    box.style.cssText =
      "position:fixed;inset:1rem 1rem auto;z-index:1000000;max-width:44rem;margin:auto;" +
      "padding:1rem 1.25rem;border-radius:0.5rem;border:1px solid #d55e00;background:#fff8f0;" +
      "color:#1a1a1a;font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere";
    document.body.append(box);
  }
  if (box.textContent !== words) box.textContent = words;
}

async function look() {
  if (connected() || (await socketOpens())) {
    box?.remove();
    box = null;
  } else {
    say(await reason());
  }
  if (!connected()) setTimeout(look, AGAIN);
}

setTimeout(look, FIRST);
