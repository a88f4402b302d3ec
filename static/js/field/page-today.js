// งานวันนี้ without network: the kit's households with what was recorded on this phone laid over them.
import { cardOf } from "./cards.js";
import { commonOfKit, kitInfo, todayOfKit } from "./kit.js";
import { bindNear, sortAgain } from "./near.js";
import { onChange } from "./outbox.js";
import { laidOver, recentVisits } from "./overlay.js";
import { dayOf, groupsOf } from "./rules.js";
import { onStore } from "./store.js";
import { bindTakeAlong } from "./take-along.js";
import { bindUnsent } from "./unsent.js";
import { openVault } from "./vault.js";
import { draw, fill, longDay, put, say } from "./words.js";

const place = (name) => document.querySelector(`[data-${name}]`);

async function households() {
  const kit = await todayOfKit();
  if (!kit) return null;
  const recent = await recentVisits(commonOfKit, (await kitInfo())?.taken_at);
  return kit.households.map((household) => ({
    household: laidOver(household, recent.get(household.id)),
    recent: recent.get(household.id) ?? [],
  }));
}

function groupOfCards(name, cards, count) {
  const group = draw(name === "later" ? "group-later" : "group");
  const list = group.querySelector("ul");
  list.dataset.group = name;
  list.append(...cards);
  if (name === "later") return fill(group, { note: say("households", { n: count }) });
  const title = group.querySelector("h2");
  title.id = `group-${name}`;
  title.classList.add(`day-group__title--${name}`);
  group.setAttribute("aria-labelledby", title.id);
  return fill(group, { label: say(`group-${name}`), count });
}

function lead(today, pressing) {
  const word = pressing === null ? "lead-day" : pressing ? "lead-pressing" : "lead-none";
  place("lead").textContent = say(word, { day: longDay(today), n: pressing });
}

async function show() {
  const today = dayOf();
  const rows = await households();
  if (!rows) {
    lead(today, null);
    place("near-place").hidden = true;
    put(place("notice"), (await openVault()) ? null : draw("signed-out"));
    return put(place("groups"), draw("empty-none"));
  }
  put(place("notice"));
  const recent = new Map(rows.map((row) => [row.household, row.recent]));
  const groups = groupsOf([...recent.keys()], today);
  const pressing = groups.reduce((sum, [name, list]) => sum + (name === "later" ? 0 : list.length), 0);
  lead(today, pressing);
  const cards = (list) => list.map((each) => cardOf(each, today, recent.get(each)));
  const drawn = groups.map(([name, list]) => groupOfCards(name, name === "later" ? [] : cards(list), list.length));
  const empty = rows.length ? (pressing ? null : draw("empty-done")) : draw("empty-team");
  put(place("groups"), empty, drawn);
  place("near-place").hidden = rows.length === 0;
  performance.mark("field:shown");
  // What can wait is drawn after the first look.
  const later = groups.find(([name]) => name === "later");
  if (later) {
    await new Promise((done) => setTimeout(done));
    drawn.at(-1).querySelector("ul").replaceChildren(...cards(later[1]));
  }
  sortAgain();
}

await show();
document.documentElement.dataset.shown = "yes";
bindUnsent();
bindTakeAlong();
await bindNear();
onChange(show);
onStore((what) => what === "kit" && show());
document.addEventListener("visibilitychange", () => document.hidden || show());
