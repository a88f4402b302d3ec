// <section data-board-map>: map and table of a board share one state. Whoever points at an area, in the table, in the
// grid or on the map, sees it in the others; the unit is the one the table names (data-unit). Figures stand in the page.
import { drawShapes } from "./shapes.js";

const UNITS = ["percent", "number"];

function start(root) {
  const cells = [...root.querySelectorAll("a[data-area]")];
  const byArea = new Map(cells.map((cell) => [cell.dataset.area, cell]));
  const byAddress = new Map(cells.map((cell) => [cell.href, cell.dataset.area]));
  let sheet = null;
  let lit = "";

  const areaOfRow = (row) => row.dataset.area ?? byAddress.get(row.querySelector("th a")?.href);
  const rowsOf = (area) => [...document.querySelectorAll("tbody tr")].filter((row) => areaOfRow(row) === area);

  function areaAt(target) {
    const place = target?.closest?.("[data-area], [data-shape]");
    if (place && root.contains(place)) return place.dataset.area ?? place.dataset.shape;
    const row = target?.closest?.("tbody tr");
    const area = row && areaOfRow(row);
    return byArea.has(area) ? area : "";
  }

  // A pointer that points at nothing leaves the light where the keyboard stands.
  function light(pointed) {
    const area = pointed || areaAt(document.activeElement);
    if (area === lit) return;
    lit = area;
    for (const old of document.querySelectorAll(".is-lit")) old.classList.remove("is-lit");
    sheet?.light(area);
    if (!area) return;
    byArea.get(area)?.classList.add("is-lit");
    for (const row of rowsOf(area)) row.classList.add("is-lit");
  }

  function useUnit(unit) {
    if (!UNITS.includes(unit)) return;
    root.dataset.unit = unit;
    sheet?.tell(unit);
  }

  function show(view) {
    root.dataset.view = view;
    root.querySelector("[data-map-sheet]").hidden = view !== "sheet";
    const holes = root.querySelector("[data-map-holes]");
    if (holes) holes.hidden = view !== "sheet";
    for (const button of root.querySelectorAll("[data-map-view]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mapView === view));
    }
    if (view === "sheet") sheet?.fit();
  }

  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => light(areaAt(event.target)));
  }

  // Whether the switch sets the table's attribute or puts a new table in its place, the map follows.
  const unitOfTable = () => {
    const told = [...document.querySelectorAll("[data-unit]")].find((place) => place !== root && !root.contains(place));
    useUnit(told?.dataset.unit);
  };
  new MutationObserver((changes) => {
    if (changes.some((change) => change.type === "childList" || change.target !== root)) unitOfTable();
  }).observe(document.querySelector("main") ?? document.body, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-unit"],
  });
  unitOfTable();

  if (!root.dataset.shapes) return;
  drawShapes(root, byArea, light).then((drawn) => {
    if (!drawn) return;
    sheet = drawn;
    root.querySelector("[data-map-views]").hidden = false;
    for (const button of root.querySelectorAll("[data-map-view]")) {
      button.addEventListener("click", () => show(button.dataset.mapView));
    }
    show("sheet");
    useUnit(root.dataset.unit);
    root.dataset.mapReady = "";
  });
}

for (const root of document.querySelectorAll("[data-board-map]")) start(root);
