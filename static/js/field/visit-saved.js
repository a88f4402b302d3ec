// After saving: how the record fares, what else this household has, and whom to see next.
import { addressOf, cardOf } from "./cards.js";
import { kitInfo, todayOfKit } from "./kit.js";
import { items, onChange } from "./outbox.js";
import { laidOver, recentVisits } from "./overlay.js";
import { stateChip } from "./parts.js";
import { nearestFirst } from "./places.js";
import { dayOf, groupsOf, promisesOf, stepsOf } from "./rules.js";
import { draw, fill, put, say, shortDay } from "./words.js";

async function watch(sheet, id) {
  const item = (await items()).find((each) => each.id === id);
  if (!item) return;
  stateChip(sheet.querySelector("[data-state]"), item);
  const word = item.state === "needs_you" ? "saved-needs" : item.is_stored ? "saved-stored" : "saved-kept";
  sheet.querySelector("[data-saved-note]").textContent = say(word);
}

function more({ title, text, url }) {
  return fill(draw("more"), { title, text, url });
}

/** Everything else that waits in this household, the most pressing first. */
export function restOf(household) {
  const rest = promisesOf(household).map((promise) => ({
    title: say("more-promise"),
    text: promise.item_name,
    url: addressOf(household.id, "visit"),
  }));
  for (const step of stepsOf(household).slice(0, 3)) {
    const text = step.due_on ? say("by-day", { text: step.text, day: shortDay(step.due_on) }) : step.text;
    rest.push({ title: say("more-step"), text, url: addressOf(household.id) });
  }
  if (household.assess_due) {
    rest.push({ title: say("more-assess"), text: household.assess_due, url: addressOf(household.id, "assess") });
  }
  if (!household.phone) rest.push({ title: say("more-phone"), text: say("more-phone-text"), url: addressOf(household.id, "facts") });
  return rest;
}

async function nextHousehold(household, common, place) {
  const kit = await todayOfKit();
  if (!kit) return null;
  const recent = await recentVisits(common, (await kitInfo())?.taken_at);
  const today = dayOf();
  const others = kit.households.filter((each) => each.id !== household.id && !recent.has(each.id));
  const [group] = groupsOf(others, today).filter(([name]) => name !== "later");
  if (!group) return null;
  const [next] = place ? nearestFirst(group[1], place) : group[1];
  const part = draw("next-household");
  part.querySelector("ul").append(cardOf(next, today));
  return part;
}

/** Shows the sheet in the place of the form. */
export async function showSaved(sheet, { id, household, common, place }) {
  const recent = await recentVisits(common, (await kitInfo())?.taken_at);
  const now = laidOver(household, recent.get(household.id));
  const rest = restOf(now);
  fill(sheet, { url: addressOf(household.id) });
  sheet.querySelector("[data-more-part]").hidden = rest.length === 0;
  put(sheet.querySelector("[data-more]"), rest.map(more));
  sheet.hidden = false;
  await watch(sheet, id);
  sheet.querySelector("[data-saved-title]").focus();
  scrollTo(0, 0);
  onChange(() => watch(sheet, id));
  put(sheet.querySelector("[data-next-household]"), await nextHousehold(household, common, place));
}
