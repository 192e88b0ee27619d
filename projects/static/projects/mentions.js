// While an “@” word is being written, offer people who see the use case; a click or Enter takes one.
(() => {
  document.querySelectorAll("form[data-mentions]").forEach((form) => {
    const box = form.querySelector("textarea");
    const offers = form.querySelector(".mention-offers");
    if (!box || !offers) return;
    let timer = 0;
    const word = () => /(?:^|[\s(])@([^\s@]{1,40})$/.exec(box.value.slice(0, box.selectionStart));
    const close = () => { offers.hidden = true; offers.replaceChildren(); };
    const ask = async () => {
      const found = word();
      if (!found) { close(); return; }
      const answer = await fetch(`${form.dataset.mentions}?q=${encodeURIComponent(found[1])}`);
      if (!answer.ok || !word()) { close(); return; }
      offers.innerHTML = await answer.text();
      offers.hidden = false;
    };
    box.addEventListener("input", () => { window.clearTimeout(timer); timer = window.setTimeout(ask, 200); });
    box.addEventListener("keydown", (event) => {
      if (offers.hidden) return;
      if (event.key === "Escape") close();
      if (event.key === "ArrowDown") { event.preventDefault(); offers.querySelector("button")?.focus(); }
    });
    offers.addEventListener("keydown", (event) => { if (event.key === "Escape") { close(); box.focus(); } });
    offers.addEventListener("click", (event) => {
      const chosen = event.target.closest("[data-handle]");
      const found = word();
      if (!chosen || !found) return;
      const start = box.selectionStart - found[1].length;
      box.setRangeText(`${chosen.dataset.handle} `, start, box.selectionStart, "end");
      close();
      box.focus();
    });
  });
})();
