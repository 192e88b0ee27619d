/* The exam's clock. Without it the page shows until when there is time; the server decides in any case. */
(() => {
  "use strict";
  const timer = document.querySelector("[data-deadline]");
  if (!timer) return;
  const word = timer.querySelector("span");
  const live = document.querySelector("[data-timer-word]");
  const end = Date.parse(timer.dataset.deadline);
  const told = new Set();
  const say = (minutes, text) => {
    if (live && !told.has(minutes)) { told.add(minutes); live.textContent = text; }
  };
  const tick = () => {
    const left = end - Date.now();
    if (left <= 0) { word.textContent = timer.dataset.over; say(0, timer.dataset.over); return; }
    const minutes = Math.ceil(left / 60000);
    word.textContent = left < 60000 ? timer.dataset.last : timer.dataset.minutes.replace("{m}", minutes);
    timer.classList.toggle("is-short", minutes <= 5);
    if (minutes === 5 || minutes === 1) say(minutes, word.textContent);
    window.setTimeout(tick, 1000);
  };
  tick();
})();
