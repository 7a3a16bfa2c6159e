// Streamlit's own words (its upload field, menus of a table, a lost connection) come in English alone. Each is replaced
// as it appears; what it was is kept, for a change of language. Our own markup and the charts are left alone.
const OURS = ".zr-panel, .js-plotly-plot, .zr-screen, svg, style, script";
const SPOKEN = ["aria-label", "title", "placeholder"];
const spoken = (text) => {
  const exact = window.zrWords.exact.get(text);
  if (exact) return exact;
  const [form, said] = window.zrWords.forms.find(([one]) => one.test(text)) || [];
  return form ? text.replace(form, said) : text;
};
const speakOnce = (node, key, text, write) => {
  const was = (node.zrWas ||= {});
  if (!was[key] || was[key].said !== text) was[key] = { source: text };
  was[key].said = spoken(was[key].source);
  if (was[key].said !== text) write(was[key].said);
};
const speakText = (node) => {
  const text = node.nodeValue.trim();
  if (text && !node.parentElement?.closest(OURS)) speakOnce(node, "text", text, (said) => { node.nodeValue = said; });
};
const speakNames = (element) => SPOKEN.forEach((name) => {
  const text = element.getAttribute(name);
  if (text) speakOnce(element, name, text, (said) => element.setAttribute(name, said));
});
const speakAll = (root) => {
  if (root.nodeType === Node.TEXT_NODE) speakText(root);
  if (root.nodeType !== Node.ELEMENT_NODE || root.closest(OURS)) return;
  speakNames(root);
  root.querySelectorAll(SPOKEN.map((name) => `[${name}]`).join()).forEach((e) => { if (!e.closest(OURS)) speakNames(e); });
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) speakText(texts.currentNode);
};
const speak = (words) => {
  if (window.zrWords?.source === JSON.stringify(words)) return;
  const escaped = (text) => text.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  const forms = words.filter(([one]) => one.includes("{}"));
  window.zrWords = {
    source: JSON.stringify(words),
    exact: new Map(words),
    forms: forms.map(([one, said]) => [new RegExp(`^${escaped(one).replace("{}", "(.+)")}$`), said.replace("{}", "$1")]),
  };
  if (!window.zrSpeaker) {
    window.zrSpeaker = new MutationObserver((changes) => changes.forEach((change) => {
      if (change.type === "childList") change.addedNodes.forEach(speakAll);
      else speakAll(change.target);
    }));
    window.zrSpeaker.observe(document.body, {
      subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: SPOKEN,
    });
  }
  speakAll(document.body);
};
