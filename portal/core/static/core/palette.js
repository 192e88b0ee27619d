// The command palette (Ctrl+K), the list of keys (?) and two-key ways to the main pages.
(() => {
  const one = (selector, from = document) => from.querySelector(selector);
  const palette = one("#palette");
  if (!palette) return;
  const box = one("#palette-words");
  const hits = one("#palette-hits");
  const typing = (target) => Boolean(target.closest?.("input, textarea, select, [contenteditable]"));
  let asked = 0;

  const look = async () => {
    const turn = ++asked;
    try {
      const answer = await fetch(`${palette.dataset.url}?q=${encodeURIComponent(box.value)}`, { headers: { "HX-Request": "true" } });
      if (turn !== asked || !answer.ok) return;
      hits.innerHTML = await answer.text();
    } catch {
      hits.textContent = "";
    }
  };
  const show = () => {
    if (palette.open) return;
    box.value = "";
    palette.showModal();
    box.focus();
    look();
  };
  let waiting = 0;
  box.addEventListener("input", () => { window.clearTimeout(waiting); waiting = window.setTimeout(look, 180); });
  palette.addEventListener("keydown", (event) => {
    const all = [...hits.querySelectorAll("[data-hit]")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) {
      event.preventDefault();
      const next = all.indexOf(document.activeElement) + step;
      if (next < 0) box.focus(); else all[Math.min(next, all.length - 1)].focus();
    }
    if (event.key === "Enter" && event.target === box && all.length) { event.preventDefault(); all[0].click(); }
  });

  let before = "";
  let since = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); show(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || one("dialog[open]")) return;
    if (event.key === "?") { event.preventDefault(); one("#shortcuts").showModal(); return; }
    if (event.key === "/") { event.preventDefault(); const fold = one('[data-fold="filter-bar"][aria-expanded="false"]'); if (fold?.offsetParent) fold.click(); (one(".filter-bar input[type=text], .filter-bar input[type=search]") || one("#bar-search"))?.focus(); return; }
    const key = event.key.toLowerCase();
    const pair = performance.now() - since < 1200 ? `${before} ${key}` : "";
    [before, since] = [key, performance.now()];
    const way = pair && one(`#key-places a[data-keys="${CSS.escape(pair)}"]`.replace(/\\ /g, " "));
    if (way) { event.preventDefault(); way.click(); }
  });
})();
