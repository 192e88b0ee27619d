// Quick looks, choosing several rows, and keys of the backlog. Everything works by plain links and forms without it.
(() => {
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const typing = (target) => Boolean(target.closest?.("input, textarea, select, [contenteditable]"));

  // --- a quick look: Space on a row or card ------------------------------------------------------
  let opener = null;
  const peek = async (element) => {
    const dialog = one("#peek");
    const body = one("#peek-body");
    if (!dialog || !body) return;
    const answer = await fetch(element.dataset.peek, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    body.innerHTML = await answer.text();
    opener = element;
    dialog.showModal();
  };
  one("#peek")?.addEventListener("close", () => { opener?.focus(); opener = null; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const element = event.target.closest("[data-peek]");
    if (!element || event.target.closest("button, summary")) return;
    event.preventDefault();
    peek(element);
  });
  document.addEventListener("click", (event) => {
    const element = event.target.closest("a[data-peek]");
    if (!element || !event.altKey) return;
    event.preventDefault();
    peek(element);
  });

  // --- several rows: the bar says how many -------------------------------------------------------
  const count = () => {
    const bar = one("[data-bulk]");
    const words = bar && one("[data-bulk-count]", bar);
    if (!bar || !words) return;
    words.dataset.none ??= words.textContent;
    const chosen = all('input[name="id"][form="bulk"]:checked').length;
    bar.classList.toggle("has-some", chosen > 0);
    words.textContent = chosen === 0 ? words.dataset.none : chosen === 1 ? words.dataset.one : words.dataset.many.replace("#", chosen);
  };
  document.addEventListener("change", (event) => { if (event.target.matches('input[name="id"][form="bulk"]')) count(); });
  document.addEventListener("htmx:afterSettle", count);

  // --- menus of check boxes stay open while one chooses -------------------------------------------
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "x" || typing(event.target) || event.ctrlKey || event.metaKey) return;
    const box = one('input[name="id"]', event.target.closest("tr") || document.createElement("i"));
    if (!box) return;
    box.checked = !box.checked;
    count();
  });

  // --- J and K walk from row to row of the table; with Shift the rows are chosen on the way ---------
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    const rows = all("#results tr:has(a[data-peek])");
    if (!step || !rows.length || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
    event.preventDefault();
    const at = rows.indexOf(event.target.closest("tr"));
    const next = rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)];
    one("a[data-peek]", next).focus();
    if (!event.shiftKey) return;
    [rows[at], next].forEach((row) => { const box = row && one('input[name="id"]', row); if (box) box.checked = true; });
    count();
  });
  count();
})();
