// Keys of a page: an element with data-shortcut="j" is pressed, or its first field is focused.
(() => {
  const busy = (event) => event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented
    || event.target.closest("input, textarea, select, [contenteditable=true]")
    || document.querySelector("dialog[open]");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest("[data-shortcut]") && event.target.matches("input, textarea, select")) {
      event.target.blur();
      return;
    }
    if (busy(event)) return;
    const wanted = [...document.querySelectorAll("[data-shortcut]")]
      .find((each) => each.dataset.shortcut === event.key.toLowerCase());
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches("a, button")) { wanted.click(); return; }
    const field = wanted.querySelector("input:not([type=hidden]), select, textarea, button");
    wanted.scrollIntoView({ block: "start" });
    if (field) field.focus();
  });
  // In a list of rows J and K walk from link to link.
  document.addEventListener("keydown", (event) => {
    if (busy(event) || !["j", "k"].includes(event.key.toLowerCase())) return;
    const links = [...document.querySelectorAll("[data-walk] a[data-row]")];
    if (!links.length) return;
    event.preventDefault();
    const at = links.indexOf(document.activeElement);
    const step = event.key.toLowerCase() === "j" ? 1 : -1;
    links[Math.min(Math.max(at + step, 0), links.length - 1)].focus();
  });
})();
