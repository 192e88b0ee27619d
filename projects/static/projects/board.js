// The board: by mouse, by touch, by the card's menu or by keys. Another column asks the portal for the move, the own column
// for the place; a refusal puts the card back.
(() => {
  const board = () => document.querySelector("[data-board]");
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const live = document.querySelector("#live");
  const say = (text) => { live.textContent = ""; window.setTimeout(() => { live.textContent = text; }, 60); };
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const lanes = (card) => all(".board-lane", card?.closest("[data-lane]") || board()); // of the card's own swim-lane
  const cards = (lane) => all("[data-card]", lane);
  const laneOf = (card) => card.closest(".board-lane");

  const counted = (lane, by) => {
    const chip = lane.querySelector("[data-count]");
    chip.textContent = Number(chip.textContent.replace(/\D/g, "")) + by;
  };

  const answered = (html) => {
    document.querySelector("#move-body").innerHTML = html;
    document.querySelector("#move").showModal();
  };

  // A column that is full asks first; it never forbids.
  const ask = (card, url, to, back, on) => {
    const column = lanes(card).find((lane) => lane.dataset.phase === to);
    const go = () => send(card, url, to, back, on);
    if (!column?.dataset.limit || Number(column.dataset.stock) < Number(column.dataset.limit)) { go(); return; }
    const no = () => { back(); say(board().dataset.saidBack); };
    document.dispatchEvent(new CustomEvent("agora:ask", { detail: { question: column.dataset.full, yes: go, no } }));
  };

  // Asks for a move; `back` undoes what the hand has done, `on` keeps it.
  const send = async (card, url, to, back, on) => {
    card.classList.add("is-asking");
    try {
      const body = new URLSearchParams({ to });
      const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token(), "HX-Request": "true" } });
      const html = await answer.text();
      const result = answer.headers.get("X-Move") || "";
      const moved = answer.ok && result === "moved";
      moved ? on() : back();
      const words = new DOMParser().parseFromString(html, "text/html");
      const sentence = words.querySelector("[data-said]")?.dataset.said || "";
      say(moved ? sentence : `${sentence} ${board().dataset.saidBack}`);
      if (!moved && result) answered(html);
      if (!result) document.dispatchEvent(new CustomEvent("htmx:sendError"));
    } catch {
      back();
      document.dispatchEvent(new CustomEvent("htmx:sendError"));
    } finally {
      card.classList.remove("is-asking");
    }
  };
  const address = (card) => card.querySelector("form[data-move]")?.action;

  const settle = (card, from, to) => {
    to.querySelector("[data-nothing]")?.remove();
    counted(from, -1);
    counted(to, 1);
    [[from, -1], [to, 1]].forEach(([lane, by]) => { if (lane.dataset.stock) lane.dataset.stock = Number(lane.dataset.stock) + by; });
    card.querySelector(".card-menu")?.remove(); // its moves are new: they come with the next visit
  };

  // --- a place in the column ------------------------------------------------------------------------
  const where = (card, pattern) => {
    const row = cards(laneOf(card));
    const words = { ref: card.dataset.ref, n: row.indexOf(card) + 1, all: row.length, column: laneOf(card).dataset.label };
    say(pattern.replace(/#(ref|n|all|column)/g, (_all, name) => words[name]));
  };
  const spot = (card) => {
    const [list, next] = [card.parentElement, card.nextElementSibling];
    return () => list.insertBefore(card, next);
  };
  const put = (card, lane, at) => {
    const others = cards(lane).filter((each) => each !== card);
    const list = lane.querySelector("[data-cards]");
    list.insertBefore(card, others[at] || (others.length ? others[others.length - 1].nextElementSibling : list.firstElementChild));
  };
  const noPlace = (card) => {
    const words = card.dataset.noPlace || board().dataset.byScore;
    const toast = document.querySelector("#no-place").content.firstElementChild.cloneNode(true);
    toast.querySelector(".note-words").textContent = words;
    document.dispatchEvent(new CustomEvent("agora:toast", { detail: { toast, said: words } }));
  };
  const place = async (card, back) => {
    const row = cards(laneOf(card));
    const at = row.indexOf(card);
    if (row.length < 2) return;
    card.classList.add("is-asking");
    const said = await window.agoraPlace(card.dataset.place, row[at - 1]?.dataset.card, row[at + 1]?.dataset.card, back);
    card.classList.remove("is-asking");
    const mark = card.querySelector("[data-by-hand]");
    if (said && mark) mark.hidden = false;
  };

  // --- by hand ------------------------------------------------------------------------------------
  const arm = () => {
    if (!window.Sortable || !board()) return;
    all("[data-cards]", board()).forEach((list) => {
      if (list.dataset.armed) return;
      list.dataset.armed = "yes";
      let back = () => {};
      window.Sortable.create(list, {
        group: `board-${all("[data-lane]", board()).indexOf(list.closest("[data-lane]"))}`, draggable: "[data-card]", filter: ".menu", preventOnFilter: false, delay: 150, delayOnTouchOnly: true,
        animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
        onStart: (event) => {
          const [card, next] = [event.item, event.item.nextElementSibling];
          back = () => event.from.insertBefore(card, next);
        },
        onEnd: (event) => {
          if (event.from === event.to) {
            if (event.oldIndex === event.newIndex) return;
            if (event.item.dataset.place) { place(event.item, back); return; }
            back();
            noPlace(event.item);
            return;
          }
          const [from, to] = [event.from.closest(".board-lane"), event.to.closest(".board-lane")];
          const url = address(event.item);
          if (!url) { back(); return; }
          ask(event.item, url, to.dataset.phase, back, () => settle(event.item, from, to));
        },
      });
    });
  };

  // --- by the menu --------------------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-move]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const card = form.closest("[data-card]");
    const to = lanes(card).find((lane) => lane.dataset.phase === event.submitter.value);
    const from = card.closest(".board-lane");
    form.closest("details").open = false;
    const on = () => {
      if (to) { to.querySelector("[data-cards]").prepend(card); settle(card, from, to); } else { card.remove(); counted(from, -1); }
      card.focus();
    };
    ask(card, form.action, event.submitter.value, () => card.focus(), on);
  }, true);
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-places]");
    const step = { up: -1, down: 1 }[event.submitter?.value];
    if (!form || !step) return; // the others may lead past what is shown: the page comes anew
    event.preventDefault();
    event.stopImmediatePropagation();
    const card = form.closest("[data-card]");
    const at = cards(laneOf(card)).indexOf(card) + step;
    form.closest("details").open = false;
    if (at < 0 || at >= cards(laneOf(card)).length) { reach(card); return; }
    const back = spot(card);
    put(card, laneOf(card), at);
    card.focus();
    place(card, back);
  }, true);

  // --- by keys ------------------------------------------------------------------------------------
  const reach = (card) => {
    if (!card) return;
    all("[data-card]", board()).forEach((each) => { each.tabIndex = each === card ? 0 : -1; });
    card.focus();
    where(card, board().dataset.position);
  };
  // Sideways to the next column that holds a card; from the end of a cell up or down into the next swim-lane.
  const beside = (card, step) => {
    const row = lanes(card);
    const at = cards(laneOf(card)).indexOf(card);
    for (let next = row.indexOf(laneOf(card)) + step; next >= 0 && next < row.length; next += step) {
      const there = cards(row[next]);
      if (there.length) return there[Math.min(at, there.length - 1)];
    }
    return null;
  };
  const beyond = (card, step) => {
    const rows = all("[data-lane]", board());
    const column = laneOf(card).dataset.phase;
    const from = rows.indexOf(card.closest("[data-lane]"));
    for (let next = from + step; from >= 0 && next >= 0 && next < rows.length; next += step) {
      const same = cards(rows[next].querySelector(`.board-lane[data-phase="${column}"]`));
      const there = same.length ? same : cards(rows[next]);
      if (there.length) return there[step > 0 ? 0 : there.length - 1];
    }
    return null;
  };

  // P picks a card up; then the arrows carry it, Enter drops it where it is, Escape puts it back.
  let picked = null;
  const release = () => {
    const was = picked;
    picked = null;
    was.card.classList.remove("is-picked");
    return was;
  };
  const pick = (card) => {
    picked = { card, from: laneOf(card), at: cards(laneOf(card)).indexOf(card), back: spot(card) };
    card.classList.add("is-picked");
    where(card, board().dataset.picked);
  };
  const carry = (key) => {
    const { card, from, at } = picked;
    const [lane, row] = [laneOf(card), lanes(card)];
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[key];
    const there = sideways ? row[row.indexOf(lane) + sideways] : lane;
    const goal = sideways ? (there === from ? at : 0) : cards(lane).indexOf(card) + (key === "ArrowUp" ? -1 : 1);
    if (!there || goal < 0 || (!sideways && (lane !== from || goal >= cards(lane).length))) return;
    if (!sideways && !card.dataset.place) { noPlace(card); return; }
    put(card, there, goal);
    card.focus();
    where(card, board().dataset.position);
  };
  const drop = () => {
    const { card, from, at, back } = release();
    const [lane, url] = [laneOf(card), address(card)];
    const home = () => { back(); card.focus(); };
    if (lane !== from && url) { ask(card, url, lane.dataset.phase, home, () => settle(card, from, lane)); return; }
    if (lane === from && cards(lane).indexOf(card) !== at) { place(card, home); return; }
    home();
    say(board().dataset.saidBack);
  };
  document.addEventListener("keydown", (event) => {
    if (!picked || event.target !== picked.card || event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key.startsWith("Arrow")) carry(event.key);
    if (event.key === "Enter") drop();
    if (event.key === "Escape") { const { card, back } = release(); back(); card.focus(); say(board().dataset.saidBack); }
  }, true);
  document.addEventListener("focusout", (event) => {
    // A card that is carried loses the focus for a moment; whoever really leaves it puts it back.
    window.setTimeout(() => {
      if (picked && event.target === picked.card && document.activeElement !== picked.card) release().back();
    }, 100);
  });

  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.("[data-card]");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest(".menu-body")) {
      const items = all(".menu-item", event.target.closest(".menu-body"));
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); items[(items.indexOf(event.target) + step + items.length) % items.length].focus(); }
      return;
    }
    const row = cards(laneOf(card));
    const at = row.indexOf(card);
    const goal = {
      ArrowDown: row[at + 1] || beyond(card, 1), ArrowUp: row[at - 1] || beyond(card, -1),
      ArrowRight: beside(card, 1), ArrowLeft: beside(card, -1), Home: row[0], End: row[row.length - 1],
    }[event.key];
    if (goal) { event.preventDefault(); reach(goal); return; }
    const key = event.key.toLowerCase();
    if (key === "m") {
      const menu = card.querySelector(".card-menu");
      if (!menu) return;
      event.preventDefault();
      menu.open = true;
      menu.querySelector(".menu-item")?.focus();
    }
    if (key === "p" && event.target === card) { event.preventDefault(); pick(card); }
    if (event.key === "Enter" && event.target === card) card.querySelector("a")?.click();
  });

  const begin = () => {
    arm();
    const first = board()?.querySelector("[data-card]");
    if (first && !board().querySelector('[data-card][tabindex="0"]')) first.tabIndex = 0;
  };
  document.addEventListener("htmx:afterSettle", begin);
  window.addEventListener("load", begin);
})();
