// Boundaries on Leaflet, coloured by the sheet alone: a path carries the same attributes as its cell of the grid.
// Paths stand in the order of the table, so Tab walks through the map as the eye through the rows.

// Half of the room a value takes, in pixels.
const ROOM = { x: 20, y: 7 };
const WITHOUT_HOVER = "(hover: none)";

// The boundaries, or nothing: then the grid stays, which says the same.
async function fetched(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function mapOn(place) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const { L } = window;
  const map = L.map(place, {
    attributionControl: false,
    zoomControl: false,
    scrollWheelZoom: false,
    // One finger scrolls the page; two move and zoom the map.
    dragging: !matchMedia("(pointer: coarse)").matches,
    zoomSnap: 0.25,
    zoomAnimation: !still,
    fadeAnimation: !still,
    inertia: !still,
  });
  L.control.zoom({ zoomInTitle: place.dataset.zoomIn, zoomOutTitle: place.dataset.zoomOut }).addTo(map);
  // The wheel scrolls the page until somebody has entered the map.
  place.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  place.addEventListener("focusout", () => map.scrollWheelZoom.disable());
  map.createPane("lit");
  return map;
}

function ordered(features, byArea) {
  const places = new Map([...byArea.keys()].map((area, place) => [area, place]));
  const place = (feature) => places.get(feature.properties.code) ?? places.size;
  return [...features].sort((one, other) => place(one) - place(other));
}

function said(text) {
  const words = document.createElement("span");
  words.textContent = text;
  return words;
}

function valueMark(L, layer, cell) {
  const words = document.createElement("div");
  for (const part of cell.querySelectorAll("[data-value]")) {
    const word = said(part.textContent.trim().split(" ")[0]);
    word.dataset.for = part.dataset.value;
    words.append(word);
  }
  const icon = L.divIcon({ className: "map__value", html: words, iconSize: null });
  return L.marker(layer.getCenter(), { icon, interactive: false, keyboard: false });
}

function paint(element, cell) {
  for (const unit of ["percent", "number"]) {
    if (cell.dataset[unit] !== undefined) element.setAttribute(`data-${unit}`, cell.dataset[unit]);
  }
}

export async function drawShapes(root, byArea, light) {
  const { L } = window;
  const place = root.querySelector("[data-map-sheet]");
  const found = L && place && (await fetched(root.dataset.shapes));
  if (!found?.features?.length) return null;

  place.hidden = false;
  const map = mapOn(place);
  const shapes = new Map();
  const marks = [];
  const all = L.featureGroup();
  const lines = ["map__halo", "map__outline"].map((className) =>
    L.polygon([], { pane: "lit", interactive: false, className, fill: false }));
  const picked = root.querySelector("[data-map-picked]");
  let touched = "";
  let unit = root.dataset.unit;

  const textOf = (cell) => cell.dataset[`${unit}Said`];

  function open(event, area, cell) {
    const { originalEvent: click } = event;
    const finger = click.pointerType === "touch" || matchMedia(WITHOUT_HOVER).matches;
    if (finger && touched !== area) {
      // The first tap reads, the second opens.
      touched = area;
      light(area);
      picked.hidden = false;
      picked.firstElementChild.textContent = textOf(cell);
      picked.firstElementChild.href = cell.href;
    } else if (click.ctrlKey || click.metaKey) {
      window.open(cell.href, "_blank", "noopener");
    } else {
      window.location.assign(cell.href);
    }
  }

  function join(layer, path, area, cell) {
    shapes.set(area, { layer, path, cell });
    paint(path, cell);
    path.setAttribute("tabindex", "0");
    path.setAttribute("role", "link");
    path.dataset.shape = area;
    layer.bindTooltip(() => said(textOf(cell)), { sticky: true, direction: "auto" });
    layer.on("click", (event) => open(event, area, cell));
    path.addEventListener("focus", () => {
      if (!path.matches(":focus-visible")) return;
      map.panInside(layer.getBounds().getCenter(), { animate: false, padding: [40, 40] });
    });
    path.addEventListener("blur", () => light(""));
    path.addEventListener("keydown", (event) => {
      if (event.key === "Enter") window.location.assign(cell.href);
    });
    if (cell.querySelector("[data-value]")) {
      const mark = valueMark(L, layer, cell).addTo(map);
      paint(mark.getElement(), cell);
      marks.push({ path, mark });
    }
  }

  let without = 0;
  map.setView([13, 101], 6, { animate: false });
  for (const feature of ordered(found.features, byArea)) {
    const { code, label } = feature.properties;
    const cell = byArea.get(code);
    const [layer] = L.geoJSON(feature, { className: cell ? "map__shape" : "map__shape map__shape--none" }).getLayers();
    layer.addTo(map);
    all.addLayer(layer);
    if (cell) {
      join(layer, layer.getElement(), code, cell);
    } else {
      without += 1;
      layer.bindTooltip(() => said(`${label} · ${place.dataset.nothing}`), { sticky: true });
    }
  }
  lines.forEach((line) => line.addTo(map));
  countWithout(root, without);

  // A value stands in its area only where the area has room for it.
  function fitValues() {
    for (const { path, mark } of marks) {
      const { x, y } = map.latLngToLayerPoint(mark.getLatLng());
      const corners = [[-1, -1], [1, -1], [-1, 1], [1, 1]];
      mark.getElement().hidden = !corners.every(([across, down]) =>
        path.isPointInFill(new DOMPoint(x + across * ROOM.x, y + down * ROOM.y)));
    }
  }
  map.on("moveend", fitValues);

  function fit() {
    map.invalidateSize({ animate: false });
    map.setMinZoom(0);
    map.fitBounds(all.getBounds(), { padding: [10, 10], animate: false });
    map.setMinZoom(map.getZoom());
    map.setMaxBounds(all.getBounds().pad(0.3));
    fitValues();
  }
  let width = 0;
  new ResizeObserver(([entry]) => {
    if (entry.contentRect.width && entry.contentRect.width !== width) {
      width = entry.contentRect.width;
      fit();
    }
  }).observe(place);

  return {
    fit,
    light(area) {
      const corners = shapes.get(area)?.layer.getLatLngs() ?? [];
      for (const line of lines) line.setLatLngs(corners);
    },
    tell(chosen) {
      unit = chosen;
      for (const { path, cell } of shapes.values()) path.setAttribute("aria-label", textOf(cell));
      if (touched) picked.firstElementChild.textContent = textOf(byArea.get(touched));
    },
  };
}

function countWithout(root, shapes) {
  for (const line of root.querySelectorAll("[data-map-without]")) {
    const count = Number(line.dataset.mapWithout) + shapes;
    line.hidden = count === 0;
    line.querySelector("[data-map-without-count]").textContent = count.toLocaleString("en");
  }
}
