// The order by hand: rows are drawn by their grip, or picked up and moved by keys. The menu of a row does it without this.
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const live = document.querySelector("#live");
  const say = (text) => { live.textContent = ""; window.setTimeout(() => { live.textContent = text; }, 60); };
  const words = () => document.querySelector("#rank")?.dataset || {};
  const row = (grip) => grip.closest("tr");
  const rows = (grip) => all("tr", row(grip).parentElement).filter((each) => each.querySelector("[data-rank]"));
  const key = (tr) => tr?.querySelector("[data-rank]")?.dataset.rank;

  // Asks the portal for the place where the row stands now; `back` puts it where it was.
  const send = async (grip, back) => {
    const tr = row(grip);
    const [above, below] = [key(tr.previousElementSibling), key(tr.nextElementSibling)];
    if (!above && !below) return;
    const said = await window.agoraPlace(grip.dataset.url, above, below, back);
    const mark = tr.querySelector("[data-rank-mark]");
    if (!said || !mark) return;
    mark.textContent = said.dataset.mark;
    mark.title = said.dataset.markWords;
  };
  const home = (tr) => {
    const [list, next] = [tr.parentElement, tr.nextElementSibling];
    return () => list.insertBefore(tr, next);
  };

  // --- by hand ------------------------------------------------------------------------------------
  const arm = () => {
    const list = document.querySelector("[data-rank]:not([disabled])")?.closest("tbody");
    if (!window.Sortable || !list || list.dataset.armed) return;
    list.dataset.armed = "yes";
    let back = () => {};
    window.Sortable.create(list, {
      handle: ".rank-grip:not([disabled])", draggable: "tr", delay: 150, delayOnTouchOnly: true,
      animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      onStart: (event) => { back = home(event.item); },
      onEnd: (event) => { if (event.oldIndex !== event.newIndex) send(event.item.querySelector("[data-rank]"), back); },
    });
  };

  // --- by keys: Enter or Space picks up and drops, arrows move, Escape puts back --------------------
  let picked = null;
  const drop = (grip) => { grip.setAttribute("aria-pressed", "false"); row(grip).classList.remove("is-picked"); picked = null; };
  const told = (grip, text) => {
    const here = rows(grip);
    say(text.replace("#ref", grip.dataset.ref).replace("#n", here.indexOf(row(grip)) + 1).replace("#all", here.length));
  };
  document.addEventListener("keydown", (event) => {
    const grip = event.target.closest?.(".rank-grip:not([disabled])");
    if (!grip || event.ctrlKey || event.metaKey || event.altKey) return;
    const tr = row(grip);
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      event.stopPropagation();
      if (picked?.grip === grip) {
        const { back, from } = picked;
        drop(grip);
        if (rows(grip).indexOf(tr) !== from) send(grip, back);
      } else {
        picked = { grip, back: home(tr), from: rows(grip).indexOf(tr) };
        grip.setAttribute("aria-pressed", "true");
        tr.classList.add("is-picked");
        told(grip, words().picked);
      }
      return;
    }
    if (picked?.grip !== grip) return;
    if (event.key === "Escape") {
      picked.back();
      drop(grip);
      grip.focus();
      told(grip, words().back);
      return;
    }
    const goal = { ArrowUp: tr.previousElementSibling, ArrowDown: tr.nextElementSibling?.nextElementSibling }[event.key];
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    if (event.key === "ArrowUp" ? !goal : !tr.nextElementSibling) return;
    tr.parentElement.insertBefore(tr, goal || null);
    grip.focus();
    told(grip, words().moved);
  }, true);
  document.addEventListener("focusout", (event) => {
    // A row that was moved in the document loses the focus for a moment; whoever really leaves puts it back.
    window.setTimeout(() => {
      if (picked && event.target === picked.grip && document.activeElement !== picked.grip) { picked.back(); drop(picked.grip); }
    }, 100);
  });
  document.addEventListener("htmx:afterSettle", arm);
  window.addEventListener("load", arm);
})();
