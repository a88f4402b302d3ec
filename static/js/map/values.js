// The value of an area written on it, where there is room.

// Half of the room a value takes, in pixels.
const ROOM = { x: 20, y: 7 };
const CORNERS = [[-1, -1], [1, -1], [-1, 1], [1, 1]];

// Share and number, as the cell has them; the style sheet shows that of the unit in force.
export function markOf(layer, cell) {
  const parts = [...cell.querySelectorAll("[data-value]")];
  if (!parts.length) return null;
  const words = document.createElement("div");
  for (const part of parts) {
    const word = document.createElement("span");
    word.textContent = part.textContent.trim().split(" ")[0];
    word.dataset.for = part.dataset.value;
    words.append(word);
  }
  const icon = window.L.divIcon({ className: "map__value", html: words, iconSize: null });
  return window.L.marker(layer.getCenter(), { icon, interactive: false, keyboard: false });
}

export function fitValues(map, marks) {
  for (const { path, mark } of marks) {
    const { x, y } = map.latLngToLayerPoint(mark.getLatLng());
    mark.getElement().hidden = !CORNERS.every(([across, down]) =>
      path.isPointInFill(new DOMPoint(x + across * ROOM.x, y + down * ROOM.y)));
  }
}
