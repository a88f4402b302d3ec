// What was recorded on this phone and is not in the kit yet, laid over the kit: a household just visited is not due again.
import { items } from "./outbox.js";
import { dayOf, withVisit } from "./rules.js";

/** The visits of this phone that the kit of that moment cannot know: household -> items with their visit, oldest first. `common` may be
 * the function that reads it. */
export async function recentVisits(common, takenAt = 0) {
  const found = new Map();
  const mine = (await items()).filter((item) => item.mine && item.kind === "visit" && item.body);
  if (!mine.length) return found;
  const known = typeof common === "function" ? await common() : common;
  const menu = new Map((known?.menu ?? []).map((item) => [item.id, item]));
  for (const item of mine.sort((one, other) => one.made_at - other.made_at)) {
    if (item.is_stored && item.stored_at < takenAt) continue;
    const list = found.get(item.body.household) ?? [];
    found.set(item.body.household, [...list, { ...item, visit: visitOf(item.body, menu) }]);
  }
  return found;
}

function visitOf(body, menu) {
  const helps = (body.helps ?? []).map((help) => {
    const item = menu.get(help.item);
    return { ...help, baht: Number(help.amount_baht), item_name: item?.name ?? "", dimension: item?.dimension, relieves: item?.relieves ?? false };
  });
  return { ...body, helps, visited_on: dayOf(new Date(body.visited_at)) };
}

/** The household with these visits laid over it. */
export function laidOver(household, recent = []) {
  return recent.reduce((known, { visit }) => withVisit(known, visit), household);
}
