// Moves on the board: by mouse, by touch, by the card's menu or by keys. Each asks the portal; a refusal puts the card back.
(() => {
  const board = () => document.querySelector("[data-board]");
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const live = document.querySelector("#live");
  const say = (text) => { live.textContent = ""; window.setTimeout(() => { live.textContent = text; }, 60); };
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const lanes = (card) => all(".board-lane", card?.closest("[data-lane]") || board()); // of the card's own swim-lane
  const cards = (lane) => all("[data-card]", lane);

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

  // --- by hand ------------------------------------------------------------------------------------
  const arm = () => {
    if (!window.Sortable || !board()) return;
    all("[data-cards]", board()).forEach((list) => {
      if (list.dataset.armed) return;
      list.dataset.armed = "yes";
      window.Sortable.create(list, {
        group: `board-${all("[data-lane]", board()).indexOf(list.closest("[data-lane]"))}`, draggable: "[data-card]", filter: ".menu", preventOnFilter: false, sort: false, delay: 150, delayOnTouchOnly: true,
        animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
        onEnd: (event) => {
          if (event.from === event.to) return;
          const [from, to] = [event.from.closest(".board-lane"), event.to.closest(".board-lane")];
          const back = () => event.from.insertBefore(event.item, event.from.children[event.oldIndex] || null);
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

  // --- by keys ------------------------------------------------------------------------------------
  const reach = (card) => {
    if (!card) return;
    all("[data-card]", board()).forEach((each) => { each.tabIndex = each === card ? 0 : -1; });
    card.focus();
    const lane = card.closest(".board-lane");
    const row = cards(lane);
    const words = { ref: card.dataset.ref, n: row.indexOf(card) + 1, all: row.length, column: lane.dataset.label };
    say(board().dataset.position.replace(/#(ref|n|all|column)/g, (_all, name) => words[name]));
  };
  const beside = (card, step) => {
    const row = lanes();
    const from = row.indexOf(card.closest(".board-lane"));
    const at = cards(row[from]).indexOf(card);
    for (let next = from + step; next >= 0 && next < row.length; next += step) {
      const there = cards(row[next]);
      if (there.length) return there[Math.min(at, there.length - 1)];
    }
    return null;
  };
  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.("[data-card]");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest(".menu-body")) {
      const items = all(".menu-item", event.target.closest(".menu-body"));
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); items[(items.indexOf(event.target) + step + items.length) % items.length].focus(); }
      return;
    }
    const row = cards(card.closest(".board-lane"));
    const at = row.indexOf(card);
    const goal = { ArrowDown: row[at + 1], ArrowUp: row[at - 1], ArrowRight: beside(card, 1), ArrowLeft: beside(card, -1), Home: row[0], End: row[row.length - 1] }[event.key];
    if (goal) { event.preventDefault(); reach(goal); return; }
    if (event.key.toLowerCase() === "m") {
      const menu = card.querySelector(".card-menu");
      if (!menu) return;
      event.preventDefault();
      menu.open = true;
      menu.querySelector(".menu-item")?.focus();
    }
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
