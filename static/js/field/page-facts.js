// Facts of a household from the phone: each changed field is an edit of its own, on the version this phone has seen.
import { ready } from "./app.js";
import { addressOf } from "./cards.js";
import { draftAt, loadDraft } from "./drafts.js";
import { ADDED_FACTS, cleaned, editsOf, faultOf, freshFacts, HOUSE_FACTS, knownValue, PERSON_FACTS } from "./facts-state.js";
import { keeper } from "./keeper.js";
import { householdOfKit } from "./kit.js";
import { bodyOf, items, mend, NotKept, onChange, putFacts } from "./outbox.js";
import { moment, stateChip } from "./parts.js";
import { here } from "./places.js";
import { syncNow } from "./sync.js";
import { draw, fill, number, put, say, typedDay } from "./words.js";

const id = location.pathname.split("/")[2];
const mending = new URLSearchParams(location.search).get("mend");
const key = `facts:${id}`;
const form = document.querySelector("[data-form]");
const part = (name) => document.querySelector(`[data-${name}]`);
const MODES = { phone: "tel", birth_date: "numeric" };
let state = freshFacts();
let household;
let serial = 0;
let waitingBody = null;
const draft = keeper(key, () => state);
// A mended item is kept by the outbox itself.
const changed = () => mending || draft.changed();

// One field; `store(text)` hears every letter.
function factField(field, { value, store }) {
  if (field === "sex") return sexField(value, store);
  const row = draw("fact");
  const input = row.querySelector("input");
  input.id = `fact-${(serial += 1)}`;
  input.value = value;
  input.dataset.fact = field;
  if (MODES[field]) input.inputMode = MODES[field];
  row.querySelector("label").htmlFor = input.id;
  fill(row, { label: say(`label-${field}`) });
  input.addEventListener("input", () => {
    store(input.value);
    changed();
  });
  return row;
}

function sexField(value, store) {
  const row = fill(draw("fact-sex"), { label: say("label-sex") });
  serial += 1;
  for (const radio of row.querySelectorAll("input")) {
    radio.name = `sex-${serial}`;
    radio.checked = radio.value === value;
    radio.addEventListener("change", () => {
      store(radio.value);
      changed();
    });
  }
  return row;
}

function houseFields() {
  return HOUSE_FACTS.map((field) =>
    factField(field, {
      value: state.house[field] ?? knownValue(household, null, field),
      store: (text) => (state.house[field] = text),
    }),
  );
}

const shownValue = (field, value) => (field === "birth_date" ? typedDay(value) : value);
const nameOf = (member) => `${member.title ?? ""}${member.first} ${member.last}`;

function personFold(member) {
  const fold = draw("person");
  const typed = (state.people[member.id] ??= {});
  fill(fold, { name: nameOf(member), facts: [member.is_head ? say("head") : member.relation, member.occupation].filter(Boolean).join(" · ") });
  const fields = PERSON_FACTS.map((field) =>
    factField(field, {
      value: typed[field] ?? shownValue(field, knownValue(household, member, field)),
      store: (text) => (typed[field] = text),
    }),
  );
  put(fold.querySelector("[data-fields]"), fields);
  const leave = fold.querySelector("[data-leave]");
  leave.id = `leave-${member.id}`;
  fold.querySelector("[data-leave-label]").htmlFor = leave.id;
  leave.value = state.leaves[member.id] ?? "";
  leave.addEventListener("change", () => {
    if (leave.value) state.leaves[member.id] = leave.value;
    else delete state.leaves[member.id];
    changed();
  });
  fold.open = Object.keys(typed).length > 0 || Boolean(leave.value);
  return fold;
}

function addedCard(person) {
  const card = draw("added");
  const fields = ADDED_FACTS.map((field) => factField(field, { value: person[field] ?? "", store: (text) => (person[field] = text) }));
  put(card.querySelector("[data-fields]"), fields);
  card.querySelector("[data-remove]").addEventListener("click", () => {
    state.added = state.added.filter((each) => each !== person);
    card.remove();
    changed();
  });
  return card;
}

function saySpot() {
  const told = state.spot ? say("spot-new", { n: number(state.spot.accuracy_m ?? 0) }) : say(household.lat == null ? "spot-none" : "spot-known");
  part("spot-said").textContent = told;
}

async function findSpot() {
  part("spot-said").textContent = say("place-waiting");
  const found = await here();
  if (!found) {
    part("spot-said").textContent = say("place-refused");
    return;
  }
  state.spot = found;
  changed();
  saySpot();
}

function drawAll() {
  put(part("house"), houseFields());
  put(part("people"), (household.members ?? []).map(personFold));
  put(part("added"), state.added.map(addedCard));
  part("reason").value = state.reason;
  saySpot();
}

// ----------------------------------------------------------------------------------------------------------- the faults

function check() {
  for (const old of form.querySelectorAll(".field__error")) old.remove();
  let first = null;
  for (const input of form.querySelectorAll("[data-fact]")) {
    const word = faultOf(input.dataset.fact, input.value);
    const field = input.closest(".field");
    field.classList.toggle("field--error", Boolean(word));
    input.toggleAttribute("aria-invalid", Boolean(word));
    if (!word) continue;
    const fault = fill(draw("fault"), { text: say(word) });
    fault.id = `fault-${input.id}`;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", fault.id);
    field.append(fault);
    for (let fold = input.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    first ??= input;
  }
  part("faults").hidden = !first;
  first?.focus();
  first?.scrollIntoView({ block: "center" });
  return !first;
}

// ------------------------------------------------------------------------------------------------------------- saving

async function save() {
  if (!check()) return;
  const edits = mending ? [mendedBody()] : editsOf(state, household);
  if (!edits.length) return complain("nothing");
  try {
    if (mending) await mend(mending, edits[0]);
    else await putFacts(edits, { name: household.name, place: household.place });
  } catch (error) {
    if (!(error instanceof NotKept)) throw error;
    complain(`not-kept-${error.code}`);
    return;
  }
  if (!mending) await draft.drop();
  await showSaved(edits);
  syncNow();
}

function complain(word) {
  put(part("notice"), fill(draw("not-kept"), { message: say(word) }));
  part("notice").scrollIntoView();
}

async function showSaved(edits) {
  form.hidden = true;
  part("bar").hidden = true;
  put(part("notice"));
  const sheet = part("saved");
  fill(sheet, { url: addressOf(id), visit: addressOf(id, "visit") });
  part("saved-count").textContent = say("saved-count", { n: edits.length });
  sheet.hidden = false;
  const watch = async () => {
    const known = new Map((await items()).map((item) => [item.id, item]));
    put(part("saved-list"), edits.filter((edit) => known.has(edit.id)).map((edit) => lineOf(edit, known.get(edit.id))));
  };
  await watch();
  onChange(watch);
  sheet.querySelector("h2").focus();
  scrollTo(0, 0);
}

function lineOf(edit, item) {
  const member = (household.members ?? []).find((each) => each.id === edit.person);
  const line = fill(draw("line"), { title: say(`label-${edit.field}`), text: member ? nameOf(member) : edit.field.startsWith("member") || edit.field === "place" ? "" : edit.value });
  stateChip(line.querySelector("[data-state]"), item);
  return line;
}

// ------------------------------------------------------------------------------------------------------------ mending

function mendedBody() {
  const { typed, ...body } = waitingBody;
  if (body.field === "member_add") {
    const value = Object.fromEntries(ADDED_FACTS.map((field) => [field, cleaned(field, typed[field] ?? "")]));
    return { ...body, value: JSON.stringify(value) };
  }
  return { ...body, value: cleaned(body.field, typed[body.field] ?? "") };
}

async function prepareMending() {
  const item = (await items()).find((each) => each.id === mending);
  const body = item?.state === "needs_you" ? await bodyOf(mending) : null;
  if (!body) return false;
  const many = body.field === "member_add";
  const typed = many ? JSON.parse(body.value || "{}") : { [body.field]: body.field === "birth_date" ? typedDay(body.value) : body.value };
  if (many && typed.birth_date) typed.birth_date = typedDay(typed.birth_date);
  waitingBody = { ...body, typed };
  const fields = (many ? ADDED_FACTS : [body.field]).map((field) => factField(field, { value: typed[field] ?? "", store: (text) => (typed[field] = text) }));
  for (const child of [...form.children]) child.hidden = true;
  put(part("house"), fields).hidden = false;
  put(part("notice"), fill(draw("mend-notice"), { message: item.reason?.message ?? "" }));
  return true;
}

// ----------------------------------------------------------------------------------------------------------- the start

async function bringBack() {
  const kept = mending ? null : await loadDraft(key);
  if (!kept) return;
  const at = await draftAt(key);
  state = kept;
  part("draft").hidden = false;
  part("draft-at").textContent = at ? ` ${say("draft-at", { when: moment(at) })}` : "";
}

function lost(word) {
  part("wait").hidden = true;
  put(part("notice"), word ? fill(draw("mend-notice"), { message: say(word) }) : draw("not-here"));
}

function bind() {
  part("reason").addEventListener("input", () => {
    state.reason = part("reason").value;
    changed();
  });
  part("spot-get").addEventListener("click", findSpot);
  part("add").addEventListener("click", () => {
    state.added.push({});
    const card = addedCard(state.added.at(-1));
    part("added").append(card);
    card.querySelector("input").focus();
    changed();
  });
  part("draft-drop").addEventListener("click", async () => {
    await draft.drop();
    location.reload();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
}

async function start() {
  household = await householdOfKit(id);
  if (!household) {
    await ready;
    household = await householdOfKit(id);
  }
  if (!household) return lost();
  fill(document.querySelector(".page-head"), { name: household.name, url: addressOf(id), place: ` · ${household.place}` });
  await bringBack();
  drawAll();
  if (mending && !(await prepareMending())) return lost("mend-gone");
  bind();
  part("wait").hidden = true;
  form.hidden = false;
  part("bar").hidden = false;
  document.documentElement.dataset.shown = "yes";
  performance.mark("field:shown");
}

await start();
