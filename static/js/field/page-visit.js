// A visit to one household, from the phone: keeps itself at every tap, is put away at once, is sent when it can be.
import { ready } from "./app.js";
import { draftAt, loadDraft } from "./drafts.js";
import { keeper } from "./keeper.js";
import { commonOfKit, householdOfKit, kitInfo } from "./kit.js";
import { bodyOf, items, mend, NotKept, putVisit } from "./outbox.js";
import { laidOver, recentVisits } from "./overlay.js";
import { moment } from "./parts.js";
import { granted, here } from "./places.js";
import { addDays, ageOn, dayOf, failingNow, inMask } from "./rules.js";
import { syncNow } from "./sync.js";
import { agencyList, bindHelps } from "./visit-helps.js";
import { bindPhotos } from "./visit-photos.js";
import { showSaved } from "./visit-saved.js";
import { bodyOfVisit, faultsOf, faultsOfRefusal, freshVisit, nextDay, visitToMend } from "./visit-state.js";
import { draw, fill, number, put, readDay, say, shortDay, typedDay } from "./words.js";

const INTERVAL_DAYS = 30;
const id = location.pathname.split("/")[2];
const mending = new URLSearchParams(location.search).get("mend");
const key = mending ? `mend:${mending}` : `visit:${id}`;
const form = document.querySelector("[data-form]");
const part = (name) => document.querySelector(`[data-${name}]`);

let state;
let household;
let common;
let photos;
let redrawHelps;
let over = false;
const draft = keeper(key, () => state);
const { changed } = draft;

// ------------------------------------------------------------------------------------------------------------ keeping

async function bringBack() {
  const kept = await loadDraft(key);
  if (!kept) return;
  const at = await draftAt(key);
  Object.assign(state, kept);
  part("draft").hidden = false;
  part("draft-at").textContent = at ? ` ${say("draft-at", { when: moment(at) })}` : "";
}

async function dropAll() {
  over = true;
  await photos.forget();
  await draft.drop();
  location.reload();
}

// --------------------------------------------------------------------------------------------------------- the fields

function bindTexts() {
  for (const field of form.querySelectorAll("[data-keep]")) {
    const name = field.dataset.keep;
    field.value = state[name];
    field.addEventListener("input", () => {
      state[name] = field.value;
      changed();
      if (name.startsWith("visited") || name === "next_on") sayWhen();
    });
  }
  for (const name of ["outcome", "next"]) {
    for (const radio of form.querySelectorAll(`[name=${name}]`)) {
      radio.checked = radio.value === state[name];
      radio.addEventListener("change", () => {
        state[name] = radio.value;
        changed();
        showBySide();
        if (radio.value === "day") part("next-day").querySelector("input").focus();
      });
    }
  }
  for (const button of form.querySelectorAll("[data-day]")) {
    button.addEventListener("click", () => {
      state.visited_on = typedDay(addDays(dayOf(), Number(button.dataset.day)));
      form.querySelector("#visited_on").value = state.visited_on;
      changed();
      sayWhen();
    });
  }
}

function showBySide() {
  part("next-day").hidden = state.next !== "day";
  const met = state.outcome === "met";
  part("people-fold").hidden = !met;
  part("notice-part").hidden = !met;
  sayWhen();
}

function sayWhen() {
  const day = readDay(state.visited_on);
  part("when-said").textContent = day ? say("when-said", { day: shortDay(day), time: state.visited_time }) : "";
  const next = nextDay(state);
  part("next-said").textContent = next && state.next !== "auto" ? say("next-said", { day: shortDay(next) }) : "";
  const auto = addDays(day ?? dayOf(), household.interval_days ?? INTERVAL_DAYS);
  part("next-auto").textContent = say("next-auto", { day: shortDay(auto) });
}

function bindPeople() {
  const members = household.members ?? [];
  const list = part("people");
  const note = () => {
    const checked = Object.values(state.checks).filter((check) => check.status).length;
    part("people-note").textContent = checked ? say("people-done", { n: checked }) : say("people-note", { n: members.length });
    const all = members.length > 0 && members.every((member) => state.checks[member.id]?.status === "correct");
    part("all-here").setAttribute("aria-pressed", String(all));
  };
  const redraw = () => {
    put(list, members.map((member) => personOf(member, note)));
    note();
  };
  part("all-here").addEventListener("click", () => {
    const all = part("all-here").getAttribute("aria-pressed") === "true";
    state.checks = all ? {} : Object.fromEntries(members.map((member) => [member.id, { status: "correct", note: "" }]));
    redraw();
    changed();
  });
  part("people-fold").hidden = members.length === 0;
  redraw();
}

function personOf(member, note) {
  const row = draw("person");
  const [status, text] = [row.querySelector("[data-check]"), row.querySelector("[data-check-note]")];
  const check = state.checks[member.id] ?? { status: "", note: "" };
  const name = `${member.title ?? ""}${member.first} ${member.last}`;
  const facts = [member.is_head ? say("head") : member.relation, member.birth_date ? say("age", { n: ageOn(member.birth_date, dayOf()) }) : ""];
  row.dataset.field = `checks:${member.id}`;
  fill(row, { name, facts: facts.filter(Boolean).join(" · ") });
  status.value = check.status;
  text.value = check.note;
  text.hidden = !check.status || check.status === "correct";
  status.setAttribute("aria-label", name);
  text.setAttribute("aria-label", `${text.placeholder} ${name}`);
  const store = () => {
    if (status.value) state.checks[member.id] = { status: status.value, note: text.value };
    else delete state.checks[member.id];
    text.hidden = !status.value || status.value === "correct";
    note();
    changed();
  };
  status.addEventListener("change", store);
  text.addEventListener("input", store);
  return row;
}

function bindSolved() {
  const open = inMask(failingNow(household));
  part("solved-part").hidden = open.length === 0;
  const choices = open.map((dimension) => {
    const choice = fill(draw("solved"), { name: say(`dimension-${dimension}`) });
    const box = choice.querySelector("input");
    box.checked = state.solved.includes(dimension);
    box.addEventListener("change", () => {
      state.solved = state.solved.filter((each) => each !== dimension);
      if (box.checked) state.solved.push(dimension);
      changed();
    });
    return choice;
  });
  put(part("solved"), choices);
}

function bindNotice() {
  const notice = common.notice ?? {};
  const read = household.notice_read_on;
  part("notice-text").textContent = notice.text ?? "";
  part("notice-read").hidden = !read;
  part("notice-read").textContent = read ? say("notice-read", { day: shortDay(read) }) : "";
  part("notice-fold").open = !read;
  const tick = part("notice-tick");
  tick.checked = state.notice;
  tick.addEventListener("change", () => {
    state.notice = tick.checked;
    changed();
  });
}

// ---------------------------------------------------------------------------------------------------------- the place

function sayPlace(waiting = false) {
  const place = state.place;
  const said = place ? say("place-found", { n: number(place.accuracy_m ?? 0) }) : say(waiting ? "place-waiting" : "place-missing");
  part("place-said").textContent = said;
  part("place-get").hidden = Boolean(place) || waiting || !navigator.geolocation;
  form.querySelector(".place-line").classList.toggle("place-line--good", Boolean(place));
}

async function findPlace() {
  sayPlace(true);
  const found = await here();
  if (found && !over) {
    state.place = { latitude: round(found.latitude), longitude: round(found.longitude), accuracy_m: found.accuracy_m };
    if (document.documentElement.dataset.kept) changed();
  }
  sayPlace();
}

const round = (degrees) => Math.round(degrees * 1e6) / 1e6;

async function bindPlace() {
  part("place-get").addEventListener("click", findPlace);
  sayPlace();
  if (!state.place && !mending && (await granted())) await findPlace();
}

// ----------------------------------------------------------------------------------------------------------- the faults

function clearFaults() {
  for (const old of form.querySelectorAll(".field__error:not([data-photo-faults] *)")) old.remove();
  for (const field of form.querySelectorAll(".field--error")) {
    field.classList.remove("field--error");
    for (const input of field.querySelectorAll("[aria-invalid]")) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
  }
  part("faults").hidden = true;
  part("fault-form").hidden = true;
}

function blame(name, sentence) {
  const field = form.querySelector(`[data-field="${CSS.escape(name)}"]`) ?? form.querySelector(`[data-field="${name.split(":")[0]}"]`);
  if (!field) {
    part("fault-form").textContent = sentence;
    part("fault-form").hidden = false;
    return null;
  }
  const fault = fill(draw("fault"), { text: sentence });
  fault.id = `fault-${name.replace(":", "-")}`;
  const input = field.querySelector("input, select, textarea");
  field.classList.add("field--error");
  (field.querySelector(":scope > .fold__body") ?? field).append(fault);
  input?.setAttribute("aria-invalid", "true");
  input?.setAttribute("aria-describedby", fault.id);
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  return input ?? field;
}

function showFaults(faults) {
  clearFaults();
  const found = Object.entries(faults).map(([name, sentence]) => blame(name, sentence)).filter(Boolean);
  part("faults").hidden = false;
  (found[0] ?? part("faults")).focus();
  part("faults").scrollIntoView({ block: found.length ? "nearest" : "start" });
  found[0]?.scrollIntoView({ block: "center" });
}

// ------------------------------------------------------------------------------------------------------------- saving

async function save() {
  const faults = faultsOf(state);
  if (Object.keys(faults).length) {
    showFaults(Object.fromEntries(Object.entries(faults).map(([name, word]) => [name, say(word)])));
    return;
  }
  clearFaults();
  const button = part("save");
  button.disabled = true;
  try {
    await putAway();
  } catch (error) {
    if (!(error instanceof NotKept)) throw error;
    put(part("notice"), fill(draw("not-kept"), { message: say(`not-kept-${error.code}`) }));
    part("notice").scrollIntoView();
    return;
  } finally {
    button.disabled = false;
  }
  over = true;
  form.hidden = true;
  part("bar").hidden = true;
  put(part("notice"));
  const cleared = Promise.all([photos.forget(), draft.drop()]);
  await showSaved(part("saved"), { id: state.id, household, common, place: state.place });
  await cleared;
  performance.mark("visit:saved");
  syncNow();
}

async function putAway() {
  const body = bodyOfVisit(state, { notice_version: common.notice?.version ?? "" });
  if (mending) await mend(mending, body);
  else await putVisit(body, photos.forPut(), { name: household.name, place: household.place });
}

// ------------------------------------------------------------------------------------------------------------ the start

async function mended() {
  const item = (await items()).find((each) => each.id === mending);
  const body = item && item.state === "needs_you" ? await bodyOf(mending) : null;
  if (!body) return null;
  return { ...visitToMend(body, item.reason), reason: item.reason };
}

function prepareMending(reason) {
  const when = ["visited_at", "future_visit", "before_list", "bad_time"];
  part("title").textContent = say("mend-title");
  part("save-label").textContent = say("mend-save");
  part("photo-part").hidden = true;
  put(part("notice"), fill(draw("mend-notice"), { message: reason?.message ?? "" }));
  if (when.some((name) => name === reason?.code || name in (reason?.fields ?? {}))) {
    part("part-time-first").hidden = false;
    part("time-first").append(part("time-fields"));
    part("when-fold").hidden = true;
  }
}

function lost(word) {
  part("wait").hidden = true;
  put(part("notice"), word ? fill(draw("mend-notice"), { message: say(word) }) : draw("not-here"));
}

async function load() {
  const [kept, shared] = [await householdOfKit(id), await commonOfKit()];
  if (!kept || !shared) return false;
  common = { menu: [], agencies: [], ...shared };
  const recent = await recentVisits(common, (await kitInfo())?.taken_at);
  household = laidOver(kept, (recent.get(id) ?? []).filter((item) => item.id !== mending));
  return true;
}

async function start() {
  if (!(await load())) {
    await ready;
    if (!(await load())) return lost();
  }
  const wrong = mending ? await mended() : null;
  if (mending && !wrong) return lost("mend-gone");
  const { reason = null, ...first } = wrong ?? freshVisit(id);
  state = first;
  fill(document.querySelector(".page-head"), { name: household.name, url: `/households/${id}/`, place: ` · ${household.place}` });
  document.title = `${household.name} · ${document.title}`;
  await bringBack();
  document.body.append(agencyList(common.agencies));
  bindTexts();
  photos = bindPhotos(form, { state, changed, whereNow: () => state.place ?? {} });
  redrawHelps = bindHelps(form, { state, household, common, changed });
  bindPeople();
  bindSolved();
  bindNotice();
  showBySide();
  if (mending) prepareMending(reason);
  part("wait").hidden = true;
  form.hidden = false;
  part("bar").hidden = false;
  await photos.restore();
  if (reason) showFaults(faultsOfRefusal(reason, state));
  part("draft-drop").addEventListener("click", dropAll);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  document.documentElement.dataset.shown = "yes";
  performance.mark("field:shown");
  await bindPlace();
}

await start();
