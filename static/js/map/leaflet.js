// Leaflet as a board needs it: no tiles, nothing from elsewhere, and the page still scrolls under a finger and a wheel.
export function leafletOn(place) {
  const { L } = window;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
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
  // Anywhere, so that shapes can be measured before they are fitted.
  map.setView([13, 101], 6, { animate: false });
  return map;
}
