// The tools in the page's corner, and what a page asks of the browser once.
// Streamlit 1.67 stores the theme under this name; a browser test fails if an upgrade changes it.
const STORED = (path) => `stActiveTheme-${path}-v2`;
const isDark = () => {
  const app = document.querySelector(".stApp");
  const [r, g, b] = (getComputedStyle(app).backgroundColor.match(/[\d.]+/g) || [255, 255, 255]).map(Number);
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
};
const choose = (theme, paths) => {
  const base = window.location.pathname.replace(/[^/]*$/, "");
  for (const path of paths) localStorage.setItem(STORED(base + path), JSON.stringify(theme));
  const address = new URL(window.location.href);
  const kept = address.searchParams.getAll("embed_options").filter((o) => !/^(light|dark)_theme$/.test(o));
  address.searchParams.delete("embed_options");
  kept.forEach((o) => address.searchParams.append("embed_options", o));
  window.location.replace(address);
};
// On a change of page Streamlit enters the bare address into the history before the view is written to it. The two are
// one step for the reader; what follows a click or a key is a step of its own.
let bare = null;
const forget = () => { bare = null; };
const joinSteps = () => {
  if (window.zrJoined) return;
  window.zrJoined = true;
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const to = new URL(url ?? location.href, location.href);
    const completes = bare === to.pathname && to.pathname === location.pathname && !location.search;
    const entered = to.pathname !== location.pathname && !to.search;
    if (completes) history.replaceState(state, title, url);
    else push(state, title, url);
    bare = entered ? to.pathname : null;
  };
  ["pointerdown", "keydown"].forEach((name) => document.addEventListener(name, forget, true));
  window.addEventListener("popstate", forget, true);
};
const closeOthers = (event) => {
  if (event.type === "keydown" && event.key !== "Escape") return;
  document.querySelectorAll("details.zr-pop[open]").forEach((pop) => {
    if (event.type === "keydown" || !pop.contains(event.target)) pop.open = false;
  });
};
// Asked when the browser has nothing else to do: making a context takes time.
const whenIdle = window.requestIdleCallback || ((call) => window.setTimeout(call, 200));
const drawsMaps = () => {
  if (window.zrWebgl === undefined) {
    const drawing = document.createElement("canvas").getContext("webgl2");
    window.zrWebgl = Boolean(drawing);
    drawing?.getExtension("WEBGL_lose_context")?.loseContext();
  }
  return window.zrWebgl;
};
export default function ({ data, parentElement, setTriggerValue }) {
  joinSteps();
  speak(data.words);
  if (data.webgl) whenIdle(() => { if (!drawsMaps()) setTriggerValue("without", "webgl"); });
  if (window.innerWidth < data.wide) setTriggerValue("narrow", "window");
  const dark = isDark();
  document.documentElement.dataset.zrTheme = dark ? "dark" : "light";
  document.documentElement.lang = data.lang;
  const button = parentElement.querySelector("button");
  button.title = dark ? data.to_light : data.to_dark;
  button.setAttribute("aria-label", button.title);
  button.dataset.theme = dark ? "dark" : "light";
  button.onclick = () => choose(dark ? "Light" : "Dark", data.paths);
  document.addEventListener("click", closeOthers);
  document.addEventListener("keydown", closeOthers);
  return () => {
    document.removeEventListener("click", closeOthers);
    document.removeEventListener("keydown", closeOthers);
  };
}
