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

// What the first look shows is drawn at once; the other cards follow in pieces that hold up no tap.
const AT_ONCE = 8;
const A_PIECE = 12;
let turn = 0;

async function drawRest(mine, jobs) {
  for (const { list, cards } of jobs) {
    for (let from = 0; from < cards.length; from += A_PIECE) {
      await new Promise((done) => setTimeout(done));
      if (mine !== turn) return;
      list.append(...cards.slice(from, from + A_PIECE).map((make) => make()));
    }
  }
  sortAgain();
}

// Draws the day; gives a promise of the cards that are still to come.
async function show() {
  const mine = ++turn;
  const today = dayOf();
  const rows = await households();
  if (mine !== turn) return null;
  if (!rows) {
    lead(today, null);
    place("near-place").hidden = true;
    put(place("notice"), (await openVault()) ? null : draw("signed-out"));
    put(place("groups"), draw("empty-none"));
    return null;
  }
  put(place("notice"));
  const recent = new Map(rows.map((row) => [row.household, row.recent]));
  const groups = groupsOf([...recent.keys()], today);
  const pressing = groups.reduce((sum, [name, list]) => sum + (name === "later" ? 0 : list.length), 0);
  lead(today, pressing);
  const jobs = [];
  let left = AT_ONCE;
  const drawn = groups.map(([name, list]) => {
    const cards = list.map((each) => () => cardOf(each, today, recent.get(each)));
    const now = name === "later" ? 0 : Math.min(left, cards.length);
    left -= now;
    const group = groupOfCards(name, cards.slice(0, now).map((make) => make()), list.length);
    if (now < cards.length) jobs.push({ list: group.querySelector("ul"), cards: cards.slice(now) });
    return group;
  });
  const empty = rows.length ? (pressing ? null : draw("empty-done")) : draw("empty-team");
  put(place("groups"), empty, drawn);
  place("near-place").hidden = rows.length === 0;
  performance.mark("field:shown");
  return { rest: drawRest(mine, jobs) };
}

const begun = await show();
bindUnsent();
bindTakeAlong();
await bindNear();
await begun?.rest;
document.documentElement.dataset.shown = "yes";
onChange(show);
onStore((what) => what === "kit" && show());
document.addEventListener("visibilitychange", () => document.hidden || show());
