// The wall screen: shows what Python sends, turns the panels, and says when it is paused or cut off.
function begin(root) {
  const at = (name) => root.querySelector(`[data-part="${name}"]`);
  const shown = new Map();
  let data = null;
  let current = "";
  let paused = false;
  let since = Date.now();

  const write = (part, html) => {
    if (shown.get(part) === html) return false;
    shown.set(part, html);
    at(part).innerHTML = html;
    return true;
  };
  const dwell = () => {
    const asked = Number(new URLSearchParams(window.location.search).get("dwell"));
    return 1000 * (asked > 0 ? asked : data.dwell);
  };
  const fresh = () => {
    const panels = data.panels.filter((panel) => !panel.stale);
    return panels.length ? panels : data.panels;
  };
  const mark = () => {
    for (const panel of at("stage").children) panel.classList.toggle("on", panel.dataset.id === current);
    write("dots", data.panels.map((p) => `<i class="${p.id === current ? "on" : p.stale ? "old" : ""}"></i>`).join(""));
    const app = document.querySelector(".stApp");
    const link = app && app.dataset.testConnectionState;
    write("state", link && link !== "CONNECTED" ? data.words.cut : paused ? data.words.paused : "");
  };
  const go = (id) => {
    current = id;
    since = Date.now();
    mark();
  };
  const turn = (step, among) => {
    const place = among.findIndex((panel) => panel.id === current);
    const next = place < 0 ? 0 : (place + step + among.length) % among.length;
    if (among.length) go(among[next].id);
  };
  const tick = () => {
    if (!root.isConnected) return stop();
    const now = new Date();
    const two = (n) => String(n).padStart(2, "0");
    write("clock", `${two(now.getHours())}:${two(now.getMinutes())}`);
    if (!paused && data && Date.now() - since >= dwell()) turn(1, fresh());
    else if (data) mark();
  };
  const press = (event) => {
    if (!root.isConnected) return stop();
    if (!data || document.querySelector('[data-testid="stDialog"]')) return;
    if (event.key === " ") {
      paused = !paused;
      since = Date.now();
      mark();
    } else if (event.key === "ArrowRight") turn(1, data.panels);
    else if (event.key === "ArrowLeft") turn(-1, data.panels);
    else if (event.key === "Escape") window.location.assign(data.leave + window.location.search);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const panels = () => {
    const stage = at("stage");
    const wanted = new Set(data.panels.map((panel) => panel.id));
    for (const old of [...stage.children]) if (!wanted.has(old.dataset.id)) old.remove();
    for (const panel of data.panels) {
      let place = [...stage.children].find((child) => child.dataset.id === panel.id);
      if (!place) {
        place = document.createElement("section");
        place.dataset.id = panel.id;
        stage.append(place);
      }
      place.className = `zr-s-panel${panel.stale ? " old" : ""}${panel.id === current ? " on" : ""}`;
      if (place.zrHtml !== panel.html) {
        place.zrHtml = panel.html;
        place.innerHTML = panel.html;
      }
    }
  };
  const ticker = () => {
    if (!write("ticker", data.ticker + data.ticker)) return;
    const strip = at("ticker");
    strip.style.animation = "none";
    const pixels = strip.scrollWidth / 2;
    const speed = 0.055 * window.innerWidth; // pixels a second: a line stays in view for 18 s
    strip.style.animation = data.ticker ? `zr-run ${Math.max(pixels / speed, 10)}s linear infinite` : "none";
  };
  const show = (sent) => {
    data = sent;
    for (const part of ["title", "dates", "cards", "label"]) write(part, data[part]);
    panels();
    ticker();
    if (!data.panels.some((panel) => panel.id === current)) go(fresh().length ? fresh()[0].id : "");
    else mark();
  };
  const timer = window.setInterval(tick, 1000);
  document.addEventListener("keydown", press, true);
  const stop = () => {
    window.clearInterval(timer);
    document.removeEventListener("keydown", press, true);
  };
  tick();
  return { show };
}

export default function ({ data, setTriggerValue, parentElement }) {
  const root = parentElement.querySelector(".zr-screen");
  root.zrScreen = root.zrScreen || begin(root);
  root.zrScreen.show(data);
  const act = (event) => {
    // A bar leads where the figure beside it does.
    const row = event.target.closest(".zr-s-rows li");
    const figure = event.target.closest("[data-act]") || (row && row.querySelector("[data-act]"));
    if (figure) setTriggerValue("act", figure.dataset.act);
  };
  root.onclick = act;
  root.onkeydown = (event) => { if (event.key === "Enter") act(event); };
}
