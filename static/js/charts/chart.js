// [data-chart]: a chart that is drawn when it comes into sight. Each mark opens its list; the table beside has the same links.
import { fitted } from "./fit.js";

const NEAR = "200px";
let engine;

/** ECharts is a classic script that sets a global; it comes once, with the first chart in sight. */
function loadEngine(address) {
  engine ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve(window.echarts), { once: true });
    script.addEventListener("error", reject, { once: true });
    document.head.append(script);
  });
  return engine;
}

/** A canvas draws with whatever font is there, so the font comes first. */
function loadFont() {
  return Promise.all([document.fonts.load("14px Sarabun", "กิ1"), document.fonts.load("14px Sarabun", "a1")]);
}

class Chart {
  constructor(part) {
    this.part = part;
    this.surface = part.querySelector("[data-chart-surface]");
    const sent = JSON.parse(document.getElementById(part.dataset.chart).textContent);
    this.option = sent.option;
    this.links = sent.links;
    this.marks = Object.keys(sent.links);
    this.held = -1;
    this.surface.style.blockSize = `${sent.height}px`;
    this.tall = sent.height;
  }

  draw(echarts) {
    this.drawing = echarts.init(this.surface, null, { renderer: "canvas" });
    this.lay();
    this.drawing.on("click", ({ seriesIndex, dataIndex }) => this.open(`${seriesIndex}:${dataIndex}`));
    new ResizeObserver(() => this.lay()).observe(this.surface);
    this.surface.addEventListener("keydown", (event) => this.press(event));
    this.surface.addEventListener("blur", () => this.release());
    this.part.dataset.chartDrawn = "yes";
  }

  lay() {
    const width = this.surface.clientWidth;
    if (!width || width === this.width) return;
    this.width = width;
    this.drawing.resize();
    this.drawing.setOption(this.calm(fitted(this.option, width)), { notMerge: true });
    this.showWhatOpens();
  }

  calm(option) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    return { ...option, animation: !still && !this.part.dataset.chartDrawn, animationDuration: 250 };
  }

  showWhatOpens() {
    const opens = new Set(this.marks.map((mark) => Number(mark.split(":")[0])));
    const series = this.option.series.map((_row, number) => ({ cursor: opens.has(number) ? "pointer" : "default" }));
    this.drawing.setOption({ series });
  }

  open(mark) {
    if (this.links[mark]) location.assign(this.links[mark]);
  }

  press(event) {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key in steps && this.marks.length) {
      event.preventDefault();
      this.hold((this.held + steps[event.key] + this.marks.length) % this.marks.length);
    }
    if (event.key === "Enter" && this.held >= 0) this.open(this.marks[this.held]);
    if (event.key === "Escape") this.release();
  }

  hold(number) {
    this.release();
    this.held = number;
    const [seriesIndex, dataIndex] = this.marks[number].split(":").map(Number);
    this.drawing.dispatchAction({ type: "highlight", seriesIndex, dataIndex });
    this.drawing.dispatchAction({ type: "showTip", seriesIndex, dataIndex });
  }

  release() {
    this.drawing.dispatchAction({ type: "downplay" });
    this.drawing.dispatchAction({ type: "hideTip" });
    this.held = -1;
  }
}

const seen = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      Promise.all([loadEngine(target.dataset.chartEngine), loadFont()]).then(([echarts]) => new Chart(target).draw(echarts));
    }
  },
  { rootMargin: NEAR },
);

function watch(root) {
  for (const part of root.querySelectorAll("[data-chart]:not([data-chart-drawn])")) seen.observe(part);
}

watch(document);
document.addEventListener("htmx:afterSettle", (event) => watch(event.target));
