// Where the app's own routes are, and the plotting library from there.

/**
 * Pages have URLs such as /Robustness and the app may live below a base path. Streamlit's own script
 * tag knows the app's root, also behind a proxy that strips a prefix.
 *
 * @param {string} path
 */
export function appUrl(path) {
  /** @type {HTMLScriptElement | null} */
  const script = document.querySelector('script[src*="static/js/"]');
  const root = script ? script.src.split("static/js/")[0] : new URL("./", location.href).href;
  return new URL(path.replace(/^\/+/, ""), root);
}

/** @param {string} path */
export function socketUrl(path) {
  const url = appUrl(path);
  url.protocol = url.protocol.replace("http", "ws");
  return url;
}

/**
 * All charts of all pages share one download; a failure is forgotten so it can be retried.
 *
 * @param {string} path
 */
export function loadPlotly(path) {
  window.dissociationPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = appUrl(path).href;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      script.remove();
      window.dissociationPlotly = undefined;
      reject(new Error("plotly.js could not be loaded"));
    };
    document.head.append(script);
  });
  return window.dissociationPlotly;
}
