// One household without network: where it stands, why it is on the list, who lives there, what waits.
import { ready } from "./app.js";
import { addressOf } from "./cards.js";
import { commonOfKit, householdOfKit, kitInfo } from "./kit.js";
import { items, onChange } from "./outbox.js";
import { laidOver, recentVisits } from "./overlay.js";
import { dimensionChip, due, lights, moment, stagePill, stateChip, wayTo } from "./parts.js";
import { ageOn, dayOf, dueDay, inMask, promisesOf, stepsOf } from "./rules.js";
import { baht, draw, fill, has, put, say, shortDay } from "./words.js";

const id = location.pathname.split("/")[2];
const page = document.querySelector("[data-household-page]");
const part = (name) => document.querySelector(`[data-${name}]`);

function line({ title, text = "", mark = null, end = null }) {
  const row = fill(draw("line"), { title, text });
  put(row.querySelector("[data-mark]"), mark);
  put(row.querySelector("[data-end]"), end);
  return row;
}

function list(name, rows) {
  const place = part(name);
  place.hidden = rows.length === 0;
  put(place.querySelector("[data-list]"), rows);
}

function stateMark(item) {
  const chip = draw("state");
  stateChip(chip, item);
  return chip;
}

async function showWaiting() {
  const mine = (await items()).filter((item) => item.body?.household === id && item.state !== "stored");
  list(
    "waiting",
    mine.map((item) =>
      line({ title: say(`item-${item.kind}`), text: say("made", { when: moment(item.made_at) }), end: stateMark(item) }),
    ),
  );
}

function failedLines(household, common) {
  const texts = textsOf(common?.indicators ?? [], household.survey_year);
  const rows = (household.failed ?? []).map((number) => {
    const indicator = texts.get(number);
    return line({ title: say("failed", { n: number, text: indicator?.text ?? "" }), mark: indicator?.dimension ? dimensionChip(indicator.dimension) : null });
  });
  return rows.length ? rows : [line({ title: say("failed-none") })];
}

// The indicators of the set that was in force in this survey year.
function textsOf(sets, year) {
  const known = [...sets].sort((one, other) => other.valid_from - one.valid_from);
  const found = known.find((each) => each.valid_from <= year) ?? known.at(-1);
  return new Map((found?.indicators ?? []).map((each) => [each.number, each]));
}

function memberLine(member, today) {
  const facts = [
    member.is_head ? say("head") : member.relation,
    has(`sex-${member.sex}`) ? say(`sex-${member.sex}`) : "",
    member.birth_date ? say("age", { n: ageOn(member.birth_date, today) }) : "",
    member.occupation,
  ];
  return line({ title: `${member.title ?? ""}${member.first} ${member.last}`, text: facts.filter(Boolean).join(" · ") });
}

function storyLines(household) {
  const rows = [];
  const last = household.last_visit;
  if (last) rows.push(line({ title: say("visited", { day: shortDay(last.on), outcome: say(`outcome-${last.outcome}`) }), text: last.note }));
  for (const help of household.helps ?? []) {
    const told = [help.agency, help.baht ? baht(help.baht) : ""].filter(Boolean).join(" · ");
    rows.push(line({ title: say("helped", { day: shortDay(help.given_on), item: help.item_name }), text: told, mark: help.dimension ? dimensionChip(help.dimension) : null }));
  }
  return rows;
}

async function show() {
  const [kept, common, info] = [await householdOfKit(id), await commonOfKit(), await kitInfo()];
  if (!kept) return false;
  const recent = await recentVisits(common, info?.taken_at);
  const household = laidOver(kept, recent.get(id));
  const today = dayOf();
  fill(page, {
    name: household.name,
    house: household.house_no ? `${say("house", { no: household.house_no })} · ` : "",
    place: household.place,
    visit: addressOf(id, "visit"),
    assess: addressOf(id, "assess"),
    facts: addressOf(id, "facts"),
    tel: household.phone ? `tel:${household.phone}` : "",
    way: wayTo(household),
    additional: household.additional ? say("additional", { dimensions: inMask(household.additional).map((each) => say(`dimension-${each}`)).join(" ") }) : "",
    kept: info ? say("kept", { when: moment(info.taken_at) }) : "",
  });
  put(part("stage"), stagePill(household.stage));
  due(page.querySelector("[data-due]"), dueDay(household, today), today);
  put(part("lights"), lights(household.baseline, household.relieved, household.recovered, "lights-words"));
  list("why", failedLines(household, common));
  list("promises", promisesOf(household).map((promise) => line({ title: promise.item_name, text: say("promised-on", { day: shortDay(promise.given_on) }), mark: dimensionChip(promise.dimension) })));
  list("steps", stepsOf(household).map((step) => line({ title: step.text, text: step.due_on ? say("due-by", { day: shortDay(step.due_on) }) : "" })));
  list("referrals", (household.referrals ?? []).map((each) => line({ title: each.office, text: [say(`referral-${each.status}`), each.since ? say("since", { day: shortDay(each.since) }) : ""].filter(Boolean).join(" · ") })));
  list("members", (household.members ?? []).map((member) => memberLine(member, today)));
  list("story", storyLines(household));
  await showWaiting();
  document.title = `${household.name} · ${document.title.split(" · ").at(-1)}`;
  part("wait").hidden = true;
  page.hidden = false;
  document.documentElement.dataset.shown = "yes";
  performance.mark("field:shown");
  return true;
}

if (!(await show())) {
  await ready;
  if (!(await show())) {
    part("wait").hidden = true;
    put(part("notice"), draw("not-here"));
  }
}
onChange(() => page.hidden || show());
