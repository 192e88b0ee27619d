// On the matrix: drag the two lines (or move them by the arrow keys), and draw around bubbles to choose them.
// Number fields and tick boxes do the same without it.
(() => {
  const SPACE = "http://www.w3.org/2000/svg";
  const LINES = [["cut_x", "xAxisIndex"], ["cut_y", "yAxisIndex"]];
  const EDGE = 6; // a shorter way of the mouse is a click
  let chart = null;
  let figure = null;
  let again = ""; // the line that had the keyboard before the page answered
  let chosen = []; // the same for tick boxes

  const node = (name, given = {}, ...inside) => {
    const made = document.createElementNS(SPACE, name);
    Object.entries(given).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...inside);
    return made;
  };
  const boxes = () => [...document.querySelectorAll('input[name="id"][form="bulk"]')];
  const field = (name) => document.getElementById(name);
  const overlay = () => figure?.querySelector(".matrix-over");
  const plot = () => figure.querySelector(".chart-plot");
  const area = () => chart.getModel().getComponent("grid").coordinateSystem.getRect();
  const within = (value, low, high) => Math.min(Math.max(value, low), high);

  // --- the lines -----------------------------------------------------------------------------------
  const pixel = (index, value) => chart.convertToPixel({ [index]: 0 }, value);
  const reach = (index) => {
    const box = area();
    const edges = index === "xAxisIndex" ? [box.x, box.x + box.width] : [box.y + box.height, box.y];
    return edges.map((edge) => chart.convertFromPixel({ [index]: 0 }, edge));
  };
  const step = (index) => 10 ** Math.round(Math.log10((reach(index)[1] - reach(index)[0]) / 100));
  const rounded = (index, value, input) => {
    const one = step(index);
    return Number(within(Math.round(value / one) * one, Number(input.min), Number(input.max)).toFixed(6));
  };
  const put = ([name, index]) => {
    const group = overlay()?.querySelector(`[data-line="${name}"]`);
    if (!group) return;
    const [box, input] = [area(), field(name)];
    const value = input.value === "" ? Number(input.dataset.usual) : Number(input.value);
    const [low, high] = index === "xAxisIndex" ? [box.x, box.x + box.width] : [box.y, box.y + box.height];
    const at = within(pixel(index, value), low, high);
    const [x1, y1, x2, y2] = index === "xAxisIndex" ? [at, box.y, at, box.y + box.height] : [box.x, at, box.x + box.width, at];
    group.querySelectorAll("line").forEach((line) => Object.entries({ x1, y1, x2, y2 }).forEach(([key, each]) => line.setAttribute(key, each)));
    const handle = group.querySelector("[role=slider]");
    handle.setAttribute("cx", x1);
    handle.setAttribute("cy", index === "xAxisIndex" ? y1 : y2);
    if (index === "yAxisIndex") handle.setAttribute("cx", x2);
    handle.setAttribute("aria-valuenow", value);
  };
  let sending = 0;
  const send = (wait) => {
    window.clearTimeout(sending);
    sending = window.setTimeout(() => document.getElementById("filter-bar").requestSubmit(), wait);
  };
  const line = ([name, index]) => {
    const [input, label] = [field(name), field(name).closest("label").firstChild.textContent.trim()];
    const handle = node("circle", { r: 8, class: "line-handle", role: "slider", tabindex: 0, "aria-label": label, "aria-valuemin": input.min, "aria-valuemax": input.max, "aria-orientation": index === "xAxisIndex" ? "horizontal" : "vertical" });
    const group = node("g", { "data-line": name, class: `matrix-line is-${name}` }, node("line", { class: "line-shown" }), node("line", { class: "line-grip" }), handle);
    const to = (value) => { input.value = rounded(index, value, input); put([name, index]); };
    group.addEventListener("pointerdown", (event) => { event.preventDefault(); event.stopPropagation(); group.setPointerCapture(event.pointerId); handle.focus(); });
    group.addEventListener("pointermove", (event) => {
      if (!group.hasPointerCapture(event.pointerId)) return;
      const home = plot().getBoundingClientRect();
      const value = chart.convertFromPixel({ [index]: 0 }, index === "xAxisIndex" ? event.clientX - home.left : event.clientY - home.top);
      to(within(value, ...reach(index))); // not beyond what is drawn
    });
    group.addEventListener("pointerup", () => { again = name; send(0); });
    handle.addEventListener("keydown", (event) => {
      const ways = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
      const [low, high] = reach(index);
      const next = { Home: low, End: high }[event.key] ?? (ways[event.key] && Number(input.value || input.dataset.usual) + ways[event.key] * step(index));
      if (next === undefined) return;
      event.preventDefault();
      to(next);
      again = name;
      send(600);
    });
    return group;
  };

  // --- drawing around bubbles ----------------------------------------------------------------------
  const bubbles = () => JSON.parse(figure.querySelector('script[type="application/json"]').textContent).series.flatMap((each) =>
    each.keys.map((key, n) => ({ key, size: each.sizes[n], at: chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, each.values[n]) })));
  const inside = ([x, y], way) => {
    let is = false;
    way.forEach(([x1, y1], n) => {
      const [x2, y2] = way[(n + 1) % way.length];
      if ((y1 > y) !== (y2 > y) && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) is = !is;
    });
    return is;
  };
  const rings = () => {
    const place = overlay()?.querySelector(".matrix-rings");
    if (!place) return;
    const ticked = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
    place.replaceChildren(...bubbles().filter((each) => ticked.has(each.key)).map((each) => node("circle", { cx: each.at[0], cy: each.at[1], r: each.size / 2 + 5 })));
  };
  const choose = (way, adds) => {
    const found = new Set(bubbles().filter((each) => inside(each.at, way)).map((each) => each.key));
    boxes().forEach((box) => { box.checked = found.has(box.value) || (adds && box.checked); });
    boxes()[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const lasso = (event) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    const home = plot().getBoundingClientRect();
    const point = (each) => [each.clientX - home.left, each.clientY - home.top];
    const way = [point(event)];
    const drawn = node("polygon", { class: "matrix-lasso" });
    overlay().append(drawn);
    const go = (each) => { way.push(point(each)); drawn.setAttribute("points", way.join(" ")); };
    const end = (each) => {
      document.removeEventListener("pointermove", go);
      document.removeEventListener("pointerup", end);
      drawn.remove();
      const far = way.some(([x, y]) => Math.hypot(x - way[0][0], y - way[0][1]) > EDGE);
      if (far) choose(way, each.shiftKey);
    };
    document.addEventListener("pointermove", go);
    document.addEventListener("pointerup", end);
  };

  // --- over the chart, anew whenever it is drawn ------------------------------------------------------
  const corner = (words, x, y, anchor) => Object.assign(node("text", { x, y, "text-anchor": anchor }), { textContent: words });
  const lay = () => {
    if (!figure?.isConnected || !field("cut_x")) return;
    again ||= overlay()?.querySelector(":focus")?.closest("[data-line]")?.dataset.line || "";
    overlay()?.remove();
    const [box, names] = [area(), figure.closest("[data-matrix]").dataset];
    const [left, right, top, bottom] = [box.x + 6, box.x + box.width - 6, box.y + 16, box.y + box.height - 8];
    const over = node("svg", { class: "matrix-over", width: plot().clientWidth, height: plot().clientHeight },
      node("g", { class: "matrix-corners", "aria-hidden": "true" }, corner(names.upperLeft, left, top, "start"), corner(names.upperRight, right, top, "end"), corner(names.lowerLeft, left, bottom, "start"), corner(names.lowerRight, right, bottom, "end")),
      node("g", { class: "matrix-rings", "aria-hidden": "true" }), ...LINES.map(line));
    over.style.left = `${plot().offsetLeft}px`;
    over.style.top = `${plot().offsetTop}px`;
    figure.append(over);
    LINES.forEach(put);
    rings();
    if (again) over.querySelector(`[data-line="${again}"] [role=slider]`).focus();
    again = "";
  };
  document.addEventListener("agora:chart", (event) => {
    if (!event.target.closest("[data-matrix]")) return;
    [figure, chart] = [event.target, event.detail];
    plot().onpointerdown = lasso;
    lay();
  });
  let waiting = 0;
  window.addEventListener("resize", () => { window.clearTimeout(waiting); waiting = window.setTimeout(lay, 300); });
  document.addEventListener("change", (event) => {
    if (event.target.matches('input[name="id"][form="bulk"]')) rings();
    if (event.target.matches("#cut_x, #cut_y")) send(0);
  });
  document.addEventListener("keyup", (event) => { if (event.key.toLowerCase() === "x" || event.shiftKey) rings(); });
  // A line in its usual place is not worth a word in the address.
  document.addEventListener("formdata", (event) => LINES.forEach(([name]) => {
    const input = field(name);
    if (input && Number(event.formData.get(name)) === Number(input.dataset.usual)) event.formData.delete(name);
  }));
  document.addEventListener("htmx:beforeSwap", () => { chosen = boxes().filter((box) => box.checked).map((box) => box.value); });
  document.addEventListener("htmx:afterSwap", () => boxes().forEach((box) => { box.checked = chosen.includes(box.value); }));
})();
