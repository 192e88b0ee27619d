// Keys of one use case: of the row or card that has the focus, or of the page one looks at.
(() => {
  const PLACES = { e: "edit/", r: "score/", q: "squad/", a: "activity/", c: "#comments" };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], details[open]") || document.querySelector("dialog[open]")) return;
    const row = event.target.closest?.("[data-peek]") || event.target.closest?.("tr")?.querySelector("[data-peek]");
    const base = row ? row.dataset.peek.replace(/peek\/$/, "") : document.querySelector("[data-case]")?.dataset.case;
    const place = PLACES[event.key.toLowerCase()];
    if (!base || place === undefined) return;
    event.preventDefault();
    window.location.assign(base + place);
  });
})();
