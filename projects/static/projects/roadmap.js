// Lines over the roadmap, from what is needed to what waits for it. The table of dependencies says the same without it.
(() => {
  const SPACE = "http://www.w3.org/2000/svg";
  const node = (name, given, ...inside) => {
    const made = document.createElementNS(SPACE, name);
    Object.entries(given).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...inside);
    return made;
  };
  const tip = (kind) => node("marker", { id: `tip-${kind}`, class: `tip is-${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto", markerUnits: "userSpaceOnUse" }, node("path", { d: "M0 0 L8 4 L0 8 z" }));
  const point = (home, row, units) => {
    const drawing = row.querySelector(".roadmap-axis svg").getBoundingClientRect();
    return [drawing.left - home.left + (units / 1000) * drawing.width, drawing.top - home.top + drawing.height / 2];
  };
  const GAP = 9; // room for the diamond of a gate
  const line = ([from, y1], [to, y2]) => {
    const [x1, x2] = [from + GAP, to - GAP];
    const pull = Math.max(28, Math.abs(x2 - x1) / 2);
    return `M${x1} ${y1} C${x1 + pull} ${y1} ${x2 - pull} ${y2} ${x2} ${y2}`;
  };
  const strong = (path, is) => { path.classList.toggle("is-strong", is); path.ownerSVGElement?.classList.toggle("has-strong", is); };

  const draw = () => document.querySelectorAll("[data-arrows]").forEach((place) => {
    place.querySelector(".roadmap-arrows")?.remove();
    const home = place.getBoundingClientRect();
    const rows = new Map([...place.querySelectorAll("tr[data-case]")].map((row) => [row.dataset.case, row]));
    const paths = [...document.querySelectorAll("#dependencies [data-needs]")].flatMap((told) => {
      const [from, to] = [rows.get(told.dataset.needs), rows.get(told.dataset.waits)];
      if (!from || !to) return [];
      const kind = ["late", "lost"].includes(told.dataset.state) ? "late" : "fits";
      const path = node("path", { class: `arrow is-${kind}`, "marker-end": `url(#tip-${kind})`, d: line(point(home, from, told.dataset.leaves), point(home, to, told.dataset.arrives)) });
      const show = (is) => () => strong(path, is);
      told.onpointerenter = show(true);
      told.onpointerleave = show(false);
      told.querySelectorAll("a").forEach((link) => { link.onfocus = show(true); link.onblur = show(false); });
      return [path];
    });
    if (!paths.length) return;
    place.append(node("svg", { class: "roadmap-arrows", width: place.scrollWidth, height: place.scrollHeight, "aria-hidden": "true" }, node("defs", {}, tip("fits"), tip("late")), ...paths));
  });

  let waiting = 0;
  window.addEventListener("resize", () => { window.clearTimeout(waiting); waiting = window.setTimeout(draw, 120); });
  document.addEventListener("htmx:afterSettle", draw);
  document.fonts?.ready.then(draw);
  draw();
})();
