// One household in a list: the same card as the server draws.
import { due, lights, reasonLine, stateChip, wayTo } from "./parts.js";
import { dueDay } from "./rules.js";
import { draw, fill } from "./words.js";

export function addressOf(id, page = "") {
  return `/households/${id}/${page ? `${page}/` : ""}`;
}

/** `recent` are the visits of this phone that the kit does not know yet. */
export function cardOf(household, today, recent = []) {
  const card = draw("card");
  const waiting = recent.filter((item) => item.state !== "stored").at(-1) ?? recent.at(-1);
  const day = dueDay(household, today);
  card.dataset.household = household.id;
  if (household.lat != null && household.lng != null) Object.assign(card.dataset, { lat: household.lat, lng: household.lng });
  fill(card, {
    name: household.name,
    url: addressOf(household.id),
    place: household.place,
    reason: reasonLine(household, today),
    visit: addressOf(household.id, "visit"),
    tel: household.phone ? `tel:${household.phone}` : "",
    way: wayTo(household),
    recent: Boolean(waiting),
  });
  due(card.querySelector("[data-due]"), day, today);
  card.classList.toggle("visitee--late", Boolean(day && day < today));
  if (waiting) stateChip(card.querySelector("[data-state]"), waiting);
  card.querySelector("[data-lights]").append(lights(household.baseline, household.relieved, household.recovered));
  return card;
}
