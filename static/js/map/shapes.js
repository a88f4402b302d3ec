// Boundaries on Leaflet, coloured by the style sheet alone: a path carries the same attributes as its cell of the grid.
// Paths stand in the order of the table, so Tab walks through the map as the eye through the rows.
import { leafletOn } from "./leaflet.js";
import { fitValues, markOf } from "./values.js";

const UNITS = ["percent", "number"];

// The boundaries, or nothing: then the grid stays, which says the same.
async function fetched(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
    return answer.ok ? (await answer.json()).features : [];
  } catch {
    return [];
  }
}

export async function drawShapes(root, byArea, light) {
  const features = window.L ? await fetched(root.dataset.shapes) : [];
  if (!features.length) return null;
  const sheet = new Sheet(root, byArea, light);
  sheet.draw(features);
  return sheet;
}

function said(text) {
  const words = document.createElement("span");
  words.textContent = text;
  return words;
}

function colour(element, cell) {
  for (const unit of UNITS) {
    if (cell.dataset[unit] !== undefined) element.setAttribute(`data-${unit}`, cell.dataset[unit]);
  }
}

class Sheet {
  constructor(root, byArea, light) {
    this.root = root;
    this.byArea = byArea;
    this.onLight = light;
    this.place = root.querySelector("[data-map-sheet]");
    this.place.hidden = false;
    this.map = leafletOn(this.place);
    this.all = window.L.featureGroup();
    this.shapes = new Map();
    this.marks = [];
    this.fingers = matchMedia("(hover: none)").matches;
    this.picked = { area: "", box: root.querySelector("[data-map-picked]") };
  }

  draw(features) {
    const places = new Map([...this.byArea.keys()].map((area, place) => [area, place]));
    const placeOf = (feature) => places.get(feature.properties.code) ?? places.size;
    const ordered = [...features].sort((one, other) => placeOf(one) - placeOf(other));
    for (const feature of ordered) this.add(feature);
    this.countWithout(features.filter((feature) => !this.byArea.has(feature.properties.code)).length);
    this.lines = ["map__halo", "map__outline"].map((className) =>
      window.L.polygon([], { pane: "lit", interactive: false, fill: false, className }).addTo(this.map));
    this.map.on("moveend", () => fitValues(this.map, this.marks));
    this.keepFitting();
  }

  add(feature) {
    const { code, label } = feature.properties;
    const cell = this.byArea.get(code);
    const className = cell ? "map__shape" : "map__shape map__shape--none";
    const [layer] = window.L.geoJSON(feature, { className }).getLayers();
    layer.addTo(this.map);
    this.all.addLayer(layer);
    if (cell) this.join(layer, code, cell);
    else layer.bindTooltip(() => said(`${label} · ${this.place.dataset.nothing}`), { sticky: true });
  }

  // A shape that is the link its cell is.
  join(layer, area, cell) {
    const path = layer.getElement();
    this.shapes.set(area, { layer, path, cell });
    colour(path, cell);
    path.setAttribute("tabindex", "0");
    path.setAttribute("role", "link");
    path.dataset.shape = area;
    if (!this.fingers) layer.bindTooltip(() => said(this.textOf(cell)), { sticky: true });
    layer.on("click", ({ originalEvent }) => this.open(originalEvent, area, cell));
    path.addEventListener("keydown", (event) => {
      if (event.key === "Enter") window.location.assign(cell.href);
    });
    path.addEventListener("blur", () => this.onLight(""));
    path.addEventListener("focus", () => {
      if (path.matches(":focus-visible")) this.map.panInside(layer.getBounds().getCenter(), { animate: false, padding: [40, 40] });
    });
    const mark = markOf(layer, cell);
    if (!mark) return;
    mark.addTo(this.map);
    colour(mark.getElement(), cell);
    this.marks.push({ path, mark });
  }

  // A finger's first tap reads, the second opens.
  open(click, area, cell) {
    if ((this.fingers || click.pointerType === "touch") && this.picked.area !== area) this.pick(area, cell);
    else if (click.ctrlKey || click.metaKey) window.open(cell.href, "_blank", "noopener");
    else window.location.assign(cell.href);
  }

  pick(area, cell) {
    this.picked.area = area;
    this.onLight(area);
    const { box } = this.picked;
    box.hidden = false;
    box.querySelector("a").href = cell.href;
    box.querySelector("[data-map-picked-text]").textContent = this.textOf(cell);
  }

  countWithout(shapes) {
    for (const line of this.root.querySelectorAll("[data-map-without]")) {
      const count = Number(line.dataset.mapWithout) + shapes;
      line.hidden = count === 0;
      line.querySelector("[data-map-without-count]").textContent = count.toLocaleString("en");
    }
  }

  keepFitting() {
    let width = 0;
    new ResizeObserver(([entry]) => {
      if (!entry.contentRect.width || entry.contentRect.width === width) return;
      width = entry.contentRect.width;
      this.fit();
    }).observe(this.place);
  }

  fit() {
    const bounds = this.all.getBounds();
    this.map.invalidateSize({ animate: false });
    this.map.setMinZoom(0);
    this.map.fitBounds(bounds, { padding: [10, 10], animate: false });
    this.map.setMinZoom(this.map.getZoom());
    this.map.setMaxBounds(bounds.pad(0.3));
    fitValues(this.map, this.marks);
  }

  light(area) {
    const corners = this.shapes.get(area)?.layer.getLatLngs() ?? [];
    for (const line of this.lines) line.setLatLngs(corners);
  }

  tell() {
    for (const { path, cell } of this.shapes.values()) path.setAttribute("aria-label", this.textOf(cell));
    if (this.picked.area) this.pick(this.picked.area, this.byArea.get(this.picked.area));
  }

  textOf(cell) {
    return cell.dataset[`${this.root.dataset.unit}Said`];
  }
}
