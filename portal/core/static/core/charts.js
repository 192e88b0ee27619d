// Draws every <figure data-chart> from the figures beside it, in the colours of the theme.
(() => {
  const source = document.currentScript.dataset.echarts;
  const drawn = new Map();
  let library = null;

  const load = () => {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = () => resolve(window.echarts);
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  };

  const colours = () => {
    const dark = document.documentElement.dataset.bsTheme === "dark";
    return dark
      ? { ink: "#e6edef", soft: "#a9b8be", line: "#2a373c", surface: "#172024", up: "#93dfac", down: "#ffb0ab",
          row: ["#5cc3d0", "#ffbd8a", "#d2bbff", "#93dfac", "#f1d37a", "#ff9d95", "#a5c8ff", "#c3ced2"] }
      : { ink: "#17262b", soft: "#4d5d64", line: "#dfe5e6", surface: "#ffffff", up: "#2b7a48", down: "#b42318",
          row: ["#0d6170", "#c2570c", "#6b46b0", "#2b7a48", "#94700a", "#b42318", "#1d5fb0", "#5b6b72"] };
  };

  const symbols = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
  const dashes = ["solid", "dashed", "dotted", [8, 3, 2, 3]];
  const round = (value) => (typeof value === "number" ? new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: Math.abs(value) < 1 ? 4 : 2 }).format(value) : value ?? "–");

  const frame = (spec, paint) => ({
    backgroundColor: "transparent",
    animationDuration: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 350,
    color: paint.row,
    textStyle: { color: paint.ink, fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 12, right: 20, top: spec.series.length > 1 ? (spec.y_label || spec.unit ? 58 : 40) : 26, bottom: spec.x_label ? 34 : 12, containLabel: true },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: paint.surface, borderColor: paint.line, textStyle: { color: paint.ink }, valueFormatter: (value) => (Array.isArray(value) ? value.map(round).join(" / ") : round(value)) + (spec.unit ? ` ${spec.unit}` : "") },
    legend: spec.series.length > 1 ? { top: 0, left: 0, textStyle: { color: paint.ink }, type: "scroll", data: spec.series.map((each) => each.name), pageIconColor: paint.ink, pageTextStyle: { color: paint.ink } } : undefined,
  });
  const axis = (paint, more) => ({
    axisLine: { lineStyle: { color: paint.line } }, axisTick: { show: false }, axisLabel: { color: paint.soft, hideOverlap: true },
    splitLine: { lineStyle: { color: paint.line } }, nameTextStyle: { color: paint.soft }, ...more,
  });
  const axes = (spec, paint, names) => {
    const across = axis(paint, { type: "category", data: names, name: spec.x_label, nameLocation: "middle", nameGap: 30, splitLine: { show: false } });
    const up = axis(paint, { type: "value", name: spec.y_label || spec.unit, nameLocation: "end", scale: spec.kind === "line", axisLabel: { color: paint.soft, formatter: round }, nameTextStyle: { color: paint.soft, align: "left" } });
    // Lying bars: what is measured stands below, centred; the names beside the bars speak for themselves (the table has their heading).
    const below = { nameLocation: "middle", nameGap: 30, nameTextStyle: { color: paint.soft } };
    return spec.horizontal ? { xAxis: { ...up, ...below }, yAxis: { ...across, inverse: true, nameLocation: "end", name: spec.y_label ? "" : spec.x_label } } : { xAxis: across, yAxis: up };
  };

  const kinds = {
    bar: (spec, paint) => ({
      ...axes(spec, paint, spec.x),
      series: spec.series.flatMap((each) => [
        { type: "bar", name: each.name, data: each.values, stack: spec.stacked ? "all" : undefined, barMaxWidth: 42, itemStyle: { borderRadius: spec.stacked ? 0 : 3 } },
        ...(each.low ? [whiskers(each, paint, spec.horizontal)] : []),
      ]),
    }),
    line: (spec, paint) => ({
      ...axes(spec, paint, spec.x),
      series: spec.series.flatMap((each, i) => [
        { type: "line", name: each.name, data: each.values, step: spec.step || false, showSymbol: spec.x.length < 40, symbol: symbols[i % symbols.length], symbolSize: 7, lineStyle: { width: 2.25, type: dashes[i % dashes.length] }, itemStyle: { color: paint.row[i % paint.row.length] }, connectNulls: true },
        ...(each.low ? band(each, i, paint) : []),
      ]),
    }),
    hist: (spec, paint) => {
      const bins = spec.x.length === spec.series[0].values.length + 1;
      const names = bins ? spec.x.slice(0, -1).map((low, i) => `${round(low)} – ${round(spec.x[i + 1])}`) : spec.x;
      return { ...axes(spec, paint, names), series: spec.series.map((each) => ({ type: "bar", name: each.name, data: each.values, barCategoryGap: "4%", barGap: spec.series.length > 1 ? "-100%" : "0%", itemStyle: { opacity: spec.series.length > 1 ? 0.65 : 1 } })) };
    },
    scatter: (spec, paint) => ({
      xAxis: axis(paint, { type: "value", scale: true, boundaryGap: ["10%", "14%"], name: spec.x_label, nameLocation: "middle", nameGap: 30, axisLabel: { color: paint.soft, formatter: round } }),
      yAxis: axis(paint, { type: "value", scale: true, boundaryGap: ["12%", "12%"], name: spec.y_label, nameTextStyle: { color: paint.soft, align: "left" }, axisLabel: { color: paint.soft, formatter: round } }),
      tooltip: { trigger: "item", formatter: (at) => [at.data.name || at.seriesName, `${spec.x_label || "x"}: ${round(at.value[0])}`, `${spec.y_label || "y"}: ${round(at.value[1])}`].join("\n") },
      series: spec.series.map((each, i) => ({
        type: "scatter", name: each.name, symbol: symbols[i % symbols.length], itemStyle: { opacity: 0.8 },
        symbolSize: (value) => value[2] || 10,
        label: { show: Boolean(each.labels), formatter: (at) => at.data.name, position: "right", color: paint.ink },
        data: each.values.map((value, n) => ({ name: (each.labels || [])[n], value: [...(Array.isArray(value) ? value : [spec.x[n], value]), (each.sizes || [])[n]], ...(each.opacities ? { itemStyle: { opacity: each.opacities[n] } } : {}) })),
      })),
    }),
    // Five series, from the least to the greatest edge of each box.
    box: (spec, paint) => ({
      ...axes(spec, paint, spec.x),
      legend: undefined,
      grid: { left: 12, right: 20, top: 40, bottom: spec.x_label ? 34 : 12, containLabel: true },
      tooltip: { trigger: "item", formatter: (at) => [at.name, ...spec.series.map((each) => `${each.name}: ${round(each.values[at.dataIndex])}`).reverse()].join("\n") },
      series: [{ type: "boxplot", name: spec.y_label, data: spec.x.map((_name, n) => spec.series.map((each) => each.values[n])), itemStyle: { color: paint.line, borderColor: paint.row[0], borderWidth: 1.75 } }],
    }),
    funnel: (spec, paint) => kinds.bar({ ...spec, horizontal: true, kind: "bar" }, paint),
    waterfall: (spec, paint) => {
      const deltas = spec.series[0].values;
      const totals = new Set(spec.totals || []);
      let level = 0;
      const rows = deltas.map((value, i) => {
        const from = totals.has(i) ? 0 : level;
        level = totals.has(i) ? value : level + value;
        return { from: Math.min(from, level), size: Math.abs(level - from), rise: level >= from, total: totals.has(i) };
      });
      return { ...axes(spec, paint, spec.x), tooltip: { trigger: "axis", formatter: (at) => `${at[0].name}\n${round(deltas[at[0].dataIndex])}${spec.unit ? ` ${spec.unit}` : ""}` }, series: [
        { type: "bar", stack: "w", data: rows.map((row) => row.from), itemStyle: { color: "transparent" }, silent: true },
        { type: "bar", stack: "w", name: spec.series[0].name, barMaxWidth: 48, label: { show: true, position: "top", color: paint.ink, formatter: (at) => round(deltas[at.dataIndex]) }, data: rows.map((row) => ({ value: row.size, itemStyle: { borderRadius: 3, color: row.total ? paint.row[0] : row.rise ? paint.up : paint.down } })) },
      ] };
    },
  };

  // Bands may reach below zero, so everything is stacked as it is, not by sign.
  const band = (each, i, paint) => [
    { type: "line", name: each.name, data: each.low, stack: `band-${i}`, stackStrategy: "all", lineStyle: { opacity: 0 }, symbol: "none", silent: true, tooltip: { show: false } },
    { type: "line", name: each.name, data: each.high.map((high, n) => (high == null || each.low[n] == null ? null : high - each.low[n])), stack: `band-${i}`, stackStrategy: "all", lineStyle: { opacity: 0 }, areaStyle: { color: paint.row[i % paint.row.length], opacity: 0.16 }, symbol: "none", silent: true, tooltip: { show: false } },
  ];
  const whiskers = (each, paint, flat) => ({
    type: "custom", name: each.name, silent: true, z: 5, tooltip: { show: false }, data: each.low.map((low, n) => [n, low, each.high[n]]),
    encode: flat ? { x: [1, 2], y: 0 } : { x: 0, y: [1, 2] },
    renderItem: (_params, api) => {
      const at = (edge) => api.coord(flat ? [api.value(edge), api.value(0)] : [api.value(0), api.value(edge)]);
      const [[x1, y1], [x2, y2]] = [at(1), at(2)];
      const line = (ax, ay, bx, by) => ({ type: "line", shape: { x1: ax, y1: ay, x2: bx, y2: by }, style: { stroke: paint.ink, lineWidth: 1.5 } });
      const cap = (x, y) => (flat ? line(x, y - 5, x, y + 5) : line(x - 5, y, x + 5, y));
      return { type: "group", children: [line(x1, y1, x2, y2), cap(x1, y1), cap(x2, y2)] };
    },
  });

  const draw = (echarts, figure) => {
    const plot = figure.querySelector(".chart-plot");
    const data = figure.querySelector('script[type="application/json"]');
    if (!plot || !data) return;
    const spec = { x: [], series: [], ...JSON.parse(data.textContent) };
    const make = kinds[spec.kind];
    if (!make || !spec.series.length) { figure.classList.add("no-plot"); return; }
    plot.style.height = `${Number(figure.dataset.height) || 300}px`;
    drawn.get(figure)?.dispose();
    const chart = echarts.init(plot, null, { renderer: "svg" });
    const paint = colours();
    const base = frame(spec, paint);
    const own = make(spec, paint);
    chart.setOption({ ...base, ...own, tooltip: { ...base.tooltip, ...own.tooltip } });
    drawn.set(figure, chart);
    figure.dispatchEvent(new CustomEvent("agora:chart", { bubbles: true, detail: chart }));
  };

  const drawAll = async (again = false) => {
    for (const [figure, chart] of drawn) {
      if (!figure.isConnected) { chart.dispose(); drawn.delete(figure); }
    }
    const figures = [...document.querySelectorAll("figure[data-chart]")].filter((figure) => again || !drawn.has(figure));
    if (!figures.length) return;
    try {
      const echarts = await load();
      figures.forEach((figure) => draw(echarts, figure));
    } catch {
      figures.forEach((figure) => figure.classList.add("no-plot"));
    }
  };

  let waiting = 0;
  window.addEventListener("resize", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => drawn.forEach((chart) => chart.resize()), 120);
  });
  document.addEventListener("toggle", () => drawn.forEach((chart) => chart.resize()), true);
  document.addEventListener("agora:theme", () => drawAll(true));
  document.addEventListener("htmx:afterSettle", () => drawAll());
  drawAll();
})();
