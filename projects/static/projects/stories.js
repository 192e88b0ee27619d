// The board of stories by keyboard: arrows on a card press its buttons or go to the next card.
(() => {
  const board = document.querySelector("[data-story-board]");
  if (!board) return;
  const cards = [...board.querySelectorAll("[data-story]")];
  board.addEventListener("keydown", (event) => {
    const card = event.target.closest("[data-story]");
    if (!card || event.altKey || event.ctrlKey || event.metaKey) return;
    const press = { ArrowRight: "[data-forward]", ArrowLeft: "[data-back]" }[event.key];
    if (press) {
      const button = card.querySelector(press);
      if (!button) return;
      event.preventDefault();
      button.form.requestSubmit(button);
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = cards[cards.indexOf(card) + step];
    if (next) next.querySelector("a, button").focus();
  });
  // After a move the page comes back with the card in its address: the focus stays with it.
  const moved = location.hash.startsWith("#story-") && document.getElementById(location.hash.slice(1));
  if (moved) (moved.querySelector("a, button") || moved).focus();
})();
