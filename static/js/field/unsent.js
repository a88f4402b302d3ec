// [data-unsent]: how many items of this phone are not stored yet, and whether one needs the person.
import { items, onChange } from "./outbox.js";
import { say } from "./words.js";

async function show(place) {
  const open = (await items()).filter((item) => item.state !== "stored");
  const stuck = open.filter((item) => item.state === "needs_you").length;
  const days = Math.max(0, ...open.map((item) => item.days));
  place.hidden = open.length === 0;
  place.classList.toggle("unsent--bad", stuck > 0);
  place.querySelector("[data-unsent-count]").textContent = open.length;
  const note = stuck ? say("unsent-stuck", { n: stuck }) : days ? say("unsent-days", { days }) : say("unsent-kept");
  place.querySelector("[data-unsent-note]").textContent = note;
}

export function bindUnsent() {
  const place = document.querySelector("[data-unsent]");
  if (!place) return;
  show(place);
  onChange(() => show(place));
}
