// <section data-board-map>: map and table of a board share one state. Whoever points at an area (data-area on a row of
// the table and on a cell of the grid, data-shape on the map) sees it in the others; the unit is the one the table names
// (data-unit). All figures stand in the page.
import { drawShapes } from "./shapes.js";

const UNITS = ["percent", "number"];

function start(root) {
  const byArea = new Map([...root.querySelectorAll("a[data-area]")].map((cell) => [cell.dataset.area, cell]));
  let sheet = null;
  let lit = "";

  function areaAt(target) {
    const { area, shape } = target?.closest?.("[data-area], [data-shape]")?.dataset ?? {};
    return byArea.has(area ?? shape) ? area ?? shape : "";
  }

  // A pointer that points at nothing leaves the light where the keyboard stands.
  function light(pointed) {
    const area = pointed || areaAt(document.activeElement);
    if (area === lit) return;
    lit = area;
    for (const old of document.querySelectorAll(".is-lit")) old.classList.remove("is-lit");
    sheet?.light(area);
    if (!area) return;
    for (const place of document.querySelectorAll(`[data-area="${CSS.escape(area)}"]`)) place.classList.add("is-lit");
  }

  function show(view) {
    root.dataset.view = view;
    root.querySelector("[data-map-sheet]").hidden = view !== "sheet";
    const holes = root.querySelector("[data-map-holes]");
    if (holes) holes.hidden = view !== "sheet";
    for (const button of root.querySelectorAll("[data-map-view]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mapView === view));
    }
    if (view === "sheet") sheet.fit();
  }

  // Whether a switch sets the attribute or puts a new table in the old one's place, the map follows.
  function followUnit() {
    const table = [...document.querySelectorAll("main [data-unit]")].find((place) => !root.contains(place));
    const unit = table?.dataset.unit;
    if (!UNITS.includes(unit) || unit === root.dataset.unit) return;
    root.dataset.unit = unit;
    sheet?.tell();
  }

  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => light(areaAt(event.target)));
  }
  new MutationObserver((changes) => {
    if (changes.some((change) => !root.contains(change.target))) followUnit();
  }).observe(document.querySelector("main"), {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-unit"],
  });
  followUnit();

  // On a phone the choices scroll sideways; the one in force is in sight.
  const chosen = root.querySelector(".map__choices [aria-current]");
  chosen.parentElement.scrollLeft = chosen.offsetLeft - chosen.parentElement.clientWidth / 3;

  if (!root.dataset.shapes) return;
  drawShapes(root, byArea, light).then((drawn) => {
    if (!drawn) return;
    sheet = drawn;
    root.querySelector("[data-map-views]").hidden = false;
    for (const button of root.querySelectorAll("[data-map-view]")) {
      button.addEventListener("click", () => show(button.dataset.mapView));
    }
    show("sheet");
    sheet.tell();
    root.dataset.mapReady = "";
  });
}

for (const root of document.querySelectorAll("[data-board-map]")) start(root);
