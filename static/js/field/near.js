// [data-near]: sorts the cards of every list by distance. Asks for the place only when the button is pressed; later visits
// to the page sort by themselves where permission still stands.
import { far } from "./parts.js";
import { distance, granted, here } from "./places.js";
import { say } from "./words.js";

const WANTED = "field-near";
let last = null;

function sort(from) {
  const lists = new Set([...document.querySelectorAll("[data-household]")].map((card) => card.parentElement));
  for (const list of lists) {
    const rows = [...list.children].map((card, place) => ({ card, place, metres: distance(from, spotOf(card)) }));
    rows.sort((one, other) => (one.metres ?? Infinity) - (other.metres ?? Infinity) || one.place - other.place);
    for (const { card, metres } of rows) {
      const said = card.querySelector("[data-far]");
      said.textContent = metres === null ? "" : ` · ${far(metres)}`;
      said.hidden = metres === null;
      list.append(card);
    }
  }
}

function spotOf({ dataset: { lat, lng } }) {
  return lat ? { lat: Number(lat), lng: Number(lng) } : null;
}

async function find(part) {
  const said = part.querySelector("[data-near-said]");
  said.textContent = say("place-waiting");
  const place = await here({ timeout: 15_000, maximumAge: 300_000 });
  said.textContent = say(place ? "near-on" : "place-refused");
  part.querySelector("[data-near-get]").setAttribute("aria-pressed", String(Boolean(place)));
  if (!place) return;
  localStorage.setItem(WANTED, "yes");
  last = place;
  sort(place);
}

/** After the cards were drawn anew. */
export function sortAgain() {
  if (last) sort(last);
}

export async function bindNear() {
  const part = document.querySelector("[data-near]");
  if (!part) return;
  part.hidden = !navigator.geolocation || !document.querySelector("[data-lat]");
  part.querySelector("[data-near-get]").addEventListener("click", () => find(part));
  if (!part.hidden && localStorage.getItem(WANTED) && (await granted())) await find(part);
}
