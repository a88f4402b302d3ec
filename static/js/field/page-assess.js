// The re-assessment on the phone: one question a screen, kept at every tap, resumed where it was left, saved as a visit.
import { ready } from "./app.js";
import { drawQuestion, showSkipReasons } from "./assess-question.js";
import {
  answer,
  assessedAt,
  bodyOf,
  faultsOf,
  freshAssessment,
  inRound,
  lastAnswers,
  minutesFor,
  openOf,
  orderOf,
  setOf,
  skip,
  standingOf,
  tally,
  withAssessment,
} from "./assess-state.js";
import { drawSummary, drawWishes } from "./assess-summary.js";
import { dropDraft, loadDraft, saveDraft } from "./drafts.js";
import { commonOfKit, householdOfKit } from "./kit.js";
import { NotKept, items, onChange, putVisit } from "./outbox.js";
import { stateChip } from "./parts.js";
import { hereIfGranted } from "./places.js";
import { dayOf } from "./rules.js";
import { draw, fill, longDay, put, readDay, say } from "./words.js";

const id = location.pathname.split("/")[2];
const KEY = `assess:${id}`;
const find = (name) => document.querySelector(`[data-${name}]`);
const POINTED_WITHIN = 700;
const SEEN_FOR = 220;

const ON_THE_WAY = { question: true, summary: true, priorities: true };

const page = { state: null, set: null, household: null, last: new Map(), saving: false };

// ------------------------------------------------------------------------------------------------------------ keeping

function keep() {
  return saveDraft(KEY, page.state);
}

function change(state) {
  page.state = state;
  keep();
}

// ------------------------------------------------------------------------------------------------------------ screens

// Every screen is an entry of the history, so that the phone's own Back leads to the question before.
function go(screen, at = page.state.at, { replace = false } = {}) {
  const entry = { screen, at, depth: (history.state?.depth ?? 0) + (replace ? 0 : 1) };
  if (replace) history.replaceState(entry, "");
  else history.pushState(entry, "");
  show(screen, at);
}

function show(screen, at) {
  if (page.state && screen !== "start") change({ ...page.state, screen, at });
  for (const section of document.querySelectorAll("[data-screen]")) section.hidden = section.dataset.screen !== screen;
  put(find("notice"));
  SCREENS[screen]();
  drawBar(screen);
  document.body.dataset.screenShown = screen;
  scrollTo({ top: 0 });
  document.querySelector(`[data-screen="${screen}"] h2`).focus({ preventScroll: true });
}

const SCREENS = { start: showStart, question: showQuestion, summary: showSummary, priorities: showPriorities, saved: () => {} };

function showStart() {
  const counts = Object.fromEntries(["quick", "full"].map((mode) => [mode, orderOf(mode, page.set, page.household).length]));
  const quick = document.querySelector("[data-begin=quick]");
  quick.hidden = counts.quick === 0;
  find("none-failed").hidden = counts.quick > 0;
  find("due").hidden = !page.household.assess_due;
  put(find("first-pictures"), quickPictures());
  const said = (mode) => say(`${mode}-note`, { n: counts[mode], minutes: minutesFor(counts[mode]) });
  fill(document.querySelector("[data-screen=start]"), { quick: said("quick"), full: said("full"), due: page.household.assess_due ?? "" });
}

function quickPictures() {
  return orderOf("quick", page.set, page.household).map((number) => {
    const picture = draw("tiny-picture");
    picture.querySelector("use").setAttribute("href", `#picture-${page.set.indicators.find((each) => each.number === number).picture}`);
    return picture;
  });
}

function showQuestion() {
  drawQuestion(page);
  const { order, at } = page.state;
  const said = { n: at + 1, all: order.length };
  find("count").textContent = say("progress", said);
  find("track").style.inlineSize = `${(100 * (at + 1)) / order.length}%`;
  find("said").textContent = say("progress-said", said);
}

function showSummary() {
  drawSummary(page, (number) => go("question", page.state.order.indexOf(number)));
}

function showPriorities() {
  drawWishes(page, change);
  find("contribution").value = page.state.contribution;
  for (const input of document.querySelectorAll("[data-keep]")) input.value = page.state[input.dataset.keep];
  drawWhen();
}

function drawWhen() {
  const day = readDay(page.state.visited_on);
  const said = day && assessedAt(page.state) ? say("when-said", { day: longDay(day), time: page.state.visited_time }) : "";
  find("when-said").textContent = said;
}

function drawBar(screen) {
  find("bar").hidden = screen === "start" || screen === "saved";
  if (find("bar").hidden) return;
  find("skip-open").hidden = screen !== "question";
  const next = find("next");
  next.setAttribute("aria-disabled", String(screen === "question" && standingOf(page.state, current()) === "none"));
  find("next-label").textContent = say(nextWord(screen));
}

function nextWord(screen) {
  if (screen === "summary") return openOf(page.state).length ? "to-unanswered" : "to-priorities";
  if (screen === "priorities") return "save";
  return page.state.at + 1 >= page.state.order.length ? "to-summary" : "next";
}

// ------------------------------------------------------------------------------------------------------------- asking

function current() {
  return page.state.order[page.state.at];
}

// What was answered before stays, also when the other round is chosen.
function begin(mode) {
  const order = orderOf(mode, page.set, page.household);
  if (page.state) {
    change(inRound(page.state, mode, order));
    const [open] = openOf(page.state);
    return go("question", Math.max(0, page.state.order.indexOf(open)));
  }
  page.state = freshAssessment(page.household, mode, order);
  findPlace(page.state.id);
  go("question", 0);
}

// Only where the phone has allowed it before; the answer may come while questions are asked.
async function findPlace(assessment) {
  const place = await hereIfGranted({ timeout: 20_000 });
  if (place && page.state?.id === assessment) change({ ...page.state, place });
}

function forward() {
  const { at, order } = page.state;
  if (at + 1 < order.length) go("question", at + 1);
  else go("summary");
}

function back() {
  if ((history.state?.depth ?? 0) > 0) return history.back();
  const { screen, at } = page.state;
  if (screen === "priorities") return go("summary", at, { replace: true });
  if (screen === "summary") return go("question", page.state.order.length - 1, { replace: true });
  if (at > 0) return go("question", at - 1, { replace: true });
  location.assign(`/households/${id}/`);
}

function next() {
  const screen = page.state.screen;
  if (screen === "question") return standingOf(page.state, current()) === "none" ? insist() : forward();
  if (screen === "priorities") return save();
  const [open] = openOf(page.state);
  if (open !== undefined) return go("question", page.state.order.indexOf(open));
  go("priorities");
}

// The button waits for an answer; tapping it without one leads to the answers.
function insist() {
  document.querySelector("[data-answers] input").focus();
}

function wireAnswers() {
  const answers = find("answers");
  let pointed = -Infinity;
  answers.addEventListener("pointerup", () => (pointed = performance.now()));
  answers.addEventListener("change", (event) => {
    const { at } = page.state;
    change(answer(page.state, current(), event.target.value));
    showSkipReasons(false);
    drawBar("question");
    // A finger goes on by itself; arrow keys pass over the answers and wait for the button.
    if (performance.now() - pointed < POINTED_WITHIN) setTimeout(() => stillAt(at) && forward(), SEEN_FOR);
  });
  // Tapping the answer that already stands is an answer, too.
  answers.addEventListener("click", (event) => {
    const same = event.target.matches("input") && event.target.dataset.stood === "yes";
    const { at } = page.state;
    if (same && performance.now() - pointed < POINTED_WITHIN) setTimeout(() => stillAt(at) && forward(), SEEN_FOR);
  });
}

function stillAt(at) {
  return page.state?.screen === "question" && page.state.at === at;
}

function wireSkip() {
  find("skip-open").addEventListener("click", () => showSkipReasons(true));
  find("skip-cancel").addEventListener("click", () => {
    showSkipReasons(false);
    document.querySelector("[data-answers] input").focus();
  });
  let pointed = -Infinity;
  find("skip-list").addEventListener("pointerup", () => (pointed = performance.now()));
  find("skip-list").addEventListener("change", (event) => {
    const { at } = page.state;
    change(skip(page.state, current(), event.target.value));
    for (const input of document.querySelectorAll("[data-answers] input")) input.checked = false;
    drawBar("question");
    if (performance.now() - pointed < POINTED_WITHIN) setTimeout(() => stillAt(at) && forward(), SEEN_FOR);
  });
}

function wireFields() {
  find("contribution").addEventListener("input", (event) => change({ ...page.state, contribution: event.target.value }));
  for (const input of document.querySelectorAll("[data-keep]")) {
    input.addEventListener("input", () => {
      change({ ...page.state, [input.dataset.keep]: input.value });
      drawWhen();
    });
  }
}

// ------------------------------------------------------------------------------------------------------------- saving

function showFaults(faults) {
  for (const place of document.querySelectorAll("[data-fault]")) {
    const word = faults[place.dataset.fault];
    place.hidden = !word;
    place.textContent = word ? say(word) : "";
    place.closest(".field").classList.toggle("field--error", Boolean(word));
  }
  const [first] = Object.keys(faults);
  if (!first) return;
  document.querySelector("[data-when]").open = true;
  document.getElementById(first).focus();
}

function complain(message) {
  put(find("notice"), fill(draw("not-kept"), { message }));
  find("notice").scrollIntoView({ block: "center" });
}

async function save() {
  if (page.saving) return;
  const faults = faultsOf(page.state);
  showFaults(faults);
  if (Object.keys(faults).length) return;
  const count = tally(page.state);
  if (count.none === page.state.order.length) return complain(say("nothing-answered"));
  page.saving = true;
  find("next").setAttribute("aria-busy", "true");
  try {
    const body = bodyOf(page.state, page.set);
    await putVisit(body, [], { name: page.household.name, place: page.household.place });
    await dropDraft(KEY);
    showSaved(body);
  } catch (error) {
    if (!(error instanceof NotKept)) throw error;
    complain(say(`not-kept-${error.code}`));
  } finally {
    page.saving = false;
    find("next").removeAttribute("aria-busy");
  }
}

function showSaved(body) {
  const chosen = page.state.wishes.map((wish) => {
    const indicator = page.set.indicators.find(({ number }) => number === wish.number);
    return fill(draw("chosen"), { text: indicator.name || indicator.text, reason: wish.reason });
  });
  page.state = null;
  find("saved-priorities").hidden = chosen.length === 0;
  put(find("saved-list"), chosen);
  fill(document.querySelector("[data-screen=saved]"), { url: `/households/${id}/`, plan: `/households/${id}/plan/?from=priorities` });
  history.replaceState({ screen: "saved", depth: 0 }, "");
  show("saved");
  followItem(body.id);
}

function followItem(item) {
  const redraw = async () => {
    const found = (await items()).find((each) => each.id === item);
    if (!found) return;
    stateChip(find("state"), found);
    const word = found.state === "needs_you" ? "saved-needs" : found.is_stored ? "saved-stored" : "saved-kept";
    find("saved-note").textContent = say(word);
  };
  onChange(redraw);
  redraw();
}

// ------------------------------------------------------------------------------------------------------------ opening

async function withUnsent(household) {
  const mine = (await items()).filter((item) => item.mine && item.body?.household === id && !item.is_stored);
  const assessed = mine.filter((item) => Object.keys(item.body.answers ?? {}).length);
  return assessed.reduce((known, { body }) => withAssessment(known, body, dayOf(new Date(body.visited_at))), household);
}

function fits(draft) {
  const known = new Set(page.set.indicators.map(({ number }) => number));
  return draft?.order?.length > 0 && draft.survey_year === page.household.survey_year && draft.order.every((number) => known.has(number));
}

async function restart() {
  await dropDraft(KEY);
  page.state = null;
  history.replaceState({ screen: "start", at: 0, depth: 0 }, "");
  show("start", 0);
}

// The history knows where a reloaded page stood, even if the last step was not written down any more.
function resume(draft) {
  page.state = draft;
  const { screen, at } = history.state?.screen in ON_THE_WAY ? history.state : draft;
  go(screen ?? "question", Math.min(at, draft.order.length - 1), { replace: true });
  const note = draw("resumed");
  note.querySelector("button").addEventListener("click", restart);
  put(find("notice"), note);
}

async function open() {
  await ready;
  // One after the other: a household that comes from the server brings what is common to all.
  const household = await householdOfKit(id);
  const common = household && (await commonOfKit());
  find("wait").hidden = true;
  if (!household) return put(find("notice"), draw("not-here"));
  page.set = setOf(common?.indicators, household.survey_year);
  fill(document.querySelector(".assess-head"), { name: household.name, place: household.place ? ` · ${household.place}` : "", url: `/households/${id}/` });
  if (!page.set) return put(find("notice"), draw("no-set"));
  page.household = await withUnsent(household);
  page.last = lastAnswers(page.household);
  wireAnswers();
  wireSkip();
  wireFields();
  find("back").addEventListener("click", back);
  find("next").addEventListener("click", next);
  for (const button of document.querySelectorAll("[data-begin]")) button.addEventListener("click", () => begin(button.dataset.begin));
  addEventListener("popstate", (event) => {
    if (!event.state?.screen || event.state.screen === "saved") return;
    if (!page.state && event.state.screen !== "start") return;
    show(event.state.screen, event.state.at);
  });
  addEventListener("field:leaving", (event) => page.state && event.detail.wait(keep()));
  const draft = await loadDraft(KEY);
  if (fits(draft)) resume(draft);
  else {
    history.replaceState({ screen: "start", at: 0, depth: 0 }, "");
    show("start", 0);
  }
}

await open();
document.documentElement.dataset.shown = "yes";
