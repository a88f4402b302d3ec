// Pieces that several field pages draw: lights, stage, due chip, reasons, the state of an item, sizes and moments.
import { distance } from "./places.js";
import { DIMENSIONS, dayOf, dueChip, lightState, reasonsOf, stageCode, timeOf } from "./rules.js";
import { draw, fill, number, say, shortDay } from "./words.js";

/** Five lights from masks; `part` is "lights" or "lights-words". */
export function lights(failing, relieved, recovered, part = "lights") {
  const list = draw(part);
  for (const [place, dimension] of DIMENSIONS.entries()) {
    burn(list.children[place], dimension, lightState(dimension, failing, relieved, recovered));
  }
  return list;
}

function burn(light, dimension, state) {
  const said = `${say(`dimension-${dimension}`)}: ${say(`light-${state}`)}`;
  light.classList.replace("light--clear", `light--${state}`);
  light.title = said;
  const words = light.querySelector(".light__state");
  if (words) words.textContent = say(`light-${state}`);
  else light.querySelector(".sr-only").textContent = said;
  if (state === "relieved" || state === "recovered") light.querySelector(".light__disc").after(draw(`mark-${state}`));
}

export function stagePill(stage) {
  return draw(`stage-${stageCode(stage)}`);
}

export function dimensionChip(dimension) {
  return draw(`dim-${dimension}`);
}

/** Fills a due chip; hides it where there is no day. */
export function due(place, day, today) {
  const chip = dueChip(day, today);
  place.hidden = !chip;
  if (!chip) return;
  const [word, values, tone] = chip;
  place.querySelector("[data-slot=due]").textContent = say(word, shown(values));
  place.className = tone ? `due due--${tone}` : "due";
}

// Days and dimensions in a sentence are written out.
function shown(values) {
  const said = { ...values };
  if (said.day) said.day = shortDay(said.day);
  if (said.dimension) said.dimension = say(`dimension-${said.dimension}`);
  if (said.dimensions) said.dimensions = said.dimensions.map((each) => say(`dimension-${each}`)).join(" ");
  return said;
}

export function reasonLine(household, today) {
  return reasonsOf(household, today)
    .map(([word, values]) => say(word, shown(values)))
    .join(" · ");
}

export function wayTo(household) {
  if (household.lat == null || household.lng == null) return "";
  return `https://www.google.com/maps/dir/?api=1&destination=${household.lat},${household.lng}`;
}

/** Metres in words. */
export function far(metres) {
  if (metres === null) return "";
  if (metres < 950) return say("far-metres", { n: Math.max(50, Math.round(metres / 50) * 50) });
  return say("far-kilometres", { n: metres < 9500 ? (metres / 1000).toFixed(1) : Math.round(metres / 1000) });
}

export function farFrom(place, household) {
  return place ? far(distance(place, household)) : "";
}

export function moment(when) {
  const at = new Date(when);
  const day = dayOf(at);
  return say(day === dayOf() ? "moment-today" : "moment", { day: shortDay(day), time: timeOf(at) });
}

export function size(bytes) {
  return say("kilobytes", { n: number(Math.max(1, Math.round(bytes / 1024))) });
}

/** The state of an outbox item: [sentence, tone]. */
export function stateOf(item) {
  if (item.state === "needs_you") return [say("state-needs"), "bad"];
  if (item.is_stored) {
    const told = { time: timeOf(new Date(item.stored_at)), receipt: item.receipt ?? "", n: item.photos.total - item.photos.sent };
    return [say(told.n ? "state-stored-photos" : "state-stored", told), "good"];
  }
  return item.state === "sending" ? [say("state-sending"), "calm"] : [say("state-waiting"), "warn"];
}

export function stateChip(place, item) {
  const [sentence, tone] = stateOf(item);
  place.className = `badge badge--${tone} badge--state`;
  fill(place, { state: sentence });
}
