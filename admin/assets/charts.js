// Draws every <canvas data-chart="…"> in the theme's colours, and again when the theme changes or htmx brings a new one.
(() => {
  const charts = new Map();
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  // Each theme has its own: what is strong on white is dim on black.
  const PALETTES = {
    light: ["#0f766e", "#f59f00", "#4263eb", "#d6336c", "#74b816", "#ae3ec9", "#f76707", "#1098ad", "#868e96", "#e03131"],
    dark: ["#2dd4bf", "#fcc419", "#748ffc", "#f06595", "#a9e34b", "#da77f2", "#ff922b", "#3bc9db", "#adb5bd", "#ff8787"],
  };

  function colour(spec) {
    const data = structuredClone(spec);
    const PALETTE = PALETTES[document.documentElement.dataset.bsTheme] ?? PALETTES.light;
    const round = ["doughnut", "pie", "polarArea"].includes(data.type);
    data.data.datasets.forEach((set, at) => {
      const own = PALETTE[at % PALETTE.length];
      if (round) set.backgroundColor ??= set.data.map((_, i) => PALETTE[i % PALETTE.length]);
      else {
        set.borderColor ??= own;
        set.backgroundColor ??= data.type === "line" || data.type === "radar" ? `${own}33` : own;
      }
      if (data.type === "line") Object.assign(set, { tension: 0.3, pointRadius: 2, borderWidth: 2, fill: set.fill ?? true });
      if (data.type === "bar") Object.assign(set, { borderRadius: 4, maxBarThickness: 42, borderWidth: 0 });
      if (round) Object.assign(set, { borderWidth: 0 });
    });
    return data;
  }

  function draw(canvas) {
    charts.get(canvas)?.destroy();
    const spec = colour(JSON.parse(canvas.dataset.chart));
    const ink = css("--tblr-secondary") || "#667382";
    // A soft line in both themes; the design system's own is a function that a canvas cannot read.
    const line = "rgba(120, 134, 150, 0.22)";
    spec.options = { locale: document.documentElement.lang, responsive: true, maintainAspectRatio: false, animation: false, color: ink, ...spec.options };
    spec.options.plugins = { legend: { display: spec.data.datasets.length > 1 || spec.type === "doughnut", position: "bottom", labels: { color: ink, usePointStyle: true, boxHeight: 7 } }, ...spec.options.plugins };
    if (["bar", "line", "scatter", "bubble"].includes(spec.type)) {
      spec.options.scales ??= {};
      for (const axis of ["x", "y"]) {
        const own = spec.options.scales[axis] ?? {};
        spec.options.scales[axis] = { beginAtZero: axis === "y", border: { display: false }, ...own, grid: { color: line, display: axis === "y", ...own.grid }, ticks: { color: ink, precision: 0, maxRotation: 0, autoSkip: true, ...own.ticks } };
      }
    }
    if (spec.type === "radar") spec.options.scales = { r: { beginAtZero: true, grid: { color: line }, angleLines: { color: line }, pointLabels: { color: ink }, ticks: { display: false }, ...spec.options.scales?.r } };
    charts.set(canvas, new Chart(canvas, spec));
  }

  const drawAll = (root = document) => root.querySelectorAll("canvas[data-chart]").forEach(draw);
  document.addEventListener("DOMContentLoaded", () => drawAll());
  document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
  document.addEventListener("htmx:beforeCleanupElement", (event) => {
    charts.get(event.target)?.destroy();
    charts.delete(event.target);
  });
  document.addEventListener("sapa:theme", () => drawAll());
})();
