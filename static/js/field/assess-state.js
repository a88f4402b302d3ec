// What a re-assessment holds, as plain data: which questions in which order, what changed, what is sent. No page in here.
import { DIMENSIONS, dayOf, momentOf, timeOf } from "./rules.js";
import { uuid } from "./store.js";
import { arabic, readDay, typedDay } from "./words.js";

export const MOST_WISHES = 3;
export const SKIP_REASONS = ["absent", "unsure", "refused", "later"];
const CLOCK_TOLERANCE = 15 * 60_000;
const SECONDS_A_QUESTION = 20;

/** The set of a survey year out of the kit, or null: {code, valid_from, thresholds, indicators}. */
export function setOf(sets, surveyYear) {
  const begun = (sets ?? []).filter((set) => set.valid_from <= surveyYear);
  return begun.sort((one, other) => other.valid_from - one.valid_from)[0] ?? null;
}

/** The numbers to ask: failed first, then those passed over last time; the whole set goes on with all others. */
export function orderOf(mode, set, household) {
  const known = new Set(set.indicators.map((indicator) => indicator.number));
  const quick = [...new Set([...(household.failed ?? []), ...(household.look_again ?? [])])].filter((number) => known.has(number));
  if (mode === "quick") return quick;
  const first = new Set(quick);
  return [...quick, ...[...known].filter((number) => !first.has(number))];
}

export function minutesFor(questions) {
  return Math.max(1, Math.ceil((questions * SECONDS_A_QUESTION) / 60));
}

export function freshAssessment(household, mode, order, now = new Date()) {
  return {
    id: uuid(),
    household: household.id,
    survey_year: household.survey_year,
    mode,
    order,
    at: 0,
    answers: {},
    skipped: {},
    wishes: [],
    contribution: "",
    visited_on: typedDay(dayOf(now)),
    visited_time: timeOf(now),
    place: null,
  };
}

/** The same assessment in the other round: what was answered outside of it stays at its end. */
export function inRound(state, mode, order) {
  const others = state.order.filter((number) => !order.includes(number) && standingOf(state, number) !== "none");
  return { ...state, mode, order: [...order, ...others] };
}

/** pass, fail, na, skip or none: how a question stands. */
export function standingOf(state, number) {
  return state.answers[number] ?? (state.skipped[number] ? "skip" : "none");
}

export function answer(state, number, value) {
  const { [number]: _skip, ...skipped } = state.skipped;
  return { ...state, answers: { ...state.answers, [number]: value }, skipped };
}

export function skip(state, number, reason) {
  const { [number]: _answer, ...answers } = state.answers;
  return { ...state, answers, skipped: { ...state.skipped, [number]: reason } };
}

/** The questions nobody answered or passed over yet. */
export function openOf(state) {
  return state.order.filter((number) => standingOf(state, number) === "none");
}

export function tally(state) {
  const count = { pass: 0, fail: 0, na: 0, skip: 0, none: 0 };
  for (const number of state.order) count[standingOf(state, number)] += 1;
  return count;
}

/** Number -> [answer, day] of the last time, out of the kit. */
export function lastAnswers(household) {
  const last = new Map();
  for (const [day, numbers] of Object.entries(household.answered ?? {})) {
    for (const number of numbers) last.set(number, { value: household.answers[number], on: day });
  }
  return last;
}

/** better, worse, same-fail, first-fail or "": what is worth saying beside an answer. */
export function changeOf(before, now, wasListed) {
  const failedBefore = before ? before.value === "fail" : wasListed;
  if (now === "fail") return failedBefore ? "same-fail" : before ? "worse" : "first-fail";
  return now === "pass" && failedBefore ? "better" : "";
}

/** The asked questions by dimension, in the fixed order; those of no dimension stand last under "". */
export function byDimension(state, set) {
  const groups = new Map([...DIMENSIONS, ""].map((dimension) => [dimension, []]));
  const known = new Map(set.indicators.map((indicator) => [indicator.number, indicator]));
  for (const number of state.order) {
    const indicator = known.get(number);
    if (indicator) groups.get(indicator.dimension ?? "").push(indicator);
  }
  return [...groups].filter(([, indicators]) => indicators.length);
}

/** What the family may choose from: [what fails or was passed over, everything else]. */
export function wishable(state, set, household) {
  const failed = new Set(household.failed ?? []);
  const weight = (number) => ({ fail: 0, skip: 1, none: failed.has(number) ? 1 : 3, pass: 3, na: 3 })[standingOf(state, number)];
  const all = set.indicators.filter((indicator) => indicator.near);
  const inOrder = [...all].sort((one, other) => weight(one.number) - weight(other.number) || place(state, one) - place(state, other));
  return [inOrder.filter((each) => weight(each.number) < 3), inOrder.filter((each) => weight(each.number) === 3)];
}

function place(state, indicator) {
  const at = state.order.indexOf(indicator.number);
  return at < 0 ? 1000 + indicator.number : at;
}

/** Chosen becomes unchosen and the other way round; three at most, in the order of the taps. */
export function toggleWish(state, number) {
  const kept = state.wishes.filter((wish) => wish.number !== number);
  if (kept.length < state.wishes.length) return { ...state, wishes: kept };
  if (kept.length >= MOST_WISHES) return state;
  return { ...state, wishes: [...kept, { number, reason: "" }] };
}

export function giveReason(state, number, reason) {
  return { ...state, wishes: state.wishes.map((wish) => (wish.number === number ? { ...wish, reason } : wish)) };
}

/** The members whose age says that a question is about them; [] where age does not decide. */
export function peopleFor(indicator, members, today) {
  if (!indicator.ages) return [];
  const [from, to] = indicator.ages;
  return (members ?? [])
    .map((member) => ({ member, age: ageOn(member.birth_date, today) }))
    .filter(({ age }) => age === null || (age >= from && (to === null || age <= to)));
}

// In full years; null where the day of birth is not known.
function ageOn(born, today) {
  if (!born) return null;
  const years = Number(today.slice(0, 4)) - Number(born.slice(0, 4));
  return today.slice(5) < born.slice(5) ? years - 1 : years;
}

function readTime(text) {
  const found = /^(\d{1,2})[:.](\d{2})$/.exec(arabic(text.trim()));
  if (!found || Number(found[1]) > 23 || Number(found[2]) > 59) return null;
  return `${found[1].padStart(2, "0")}:${found[2]}`;
}

export function assessedAt(state) {
  const [day, time] = [readDay(state.visited_on), readTime(state.visited_time)];
  return day && time ? momentOf(day, time) : null;
}

/** What must be mended before it can be kept: {field: word}. */
export function faultsOf(state, now = new Date()) {
  const faults = {};
  if (!readDay(state.visited_on)) faults.visited_on = "fault-day";
  if (!readTime(state.visited_time)) faults.visited_time = "fault-time";
  const at = assessedAt(state);
  if (at && at - now > CLOCK_TOLERANCE) faults.visited_on = "fault-future";
  return faults;
}

/** Whether every question of the set was answered or passed over with a reason. */
export function isFull(state, set) {
  return set.indicators.every(({ number }) => standingOf(state, number) !== "none");
}

/** The body of POST /api/v1/visits/. */
export function bodyOf(state, set) {
  const known = new Map(set.indicators.map((indicator) => [indicator.number, indicator]));
  const spot = state.place ?? {};
  return {
    id: state.id,
    household: state.household,
    visited_at: assessedAt(state).toISOString(),
    outcome: "met",
    survey_year: state.survey_year,
    answers: state.answers,
    skipped: state.skipped,
    is_full: isFull(state, set),
    priorities: state.wishes.map((wish, index) => ({
      rank: index + 1,
      dimension: known.get(wish.number).near,
      indicator: wish.number,
      reason: wish.reason.trim(),
    })),
    family_contribution: state.contribution.trim(),
    latitude: spot.latitude ?? null,
    longitude: spot.longitude ?? null,
    accuracy_m: spot.accuracy_m ?? null,
  };
}

/** The household with an assessment laid over it that this phone has not sent yet. */
export function withAssessment(household, body, day) {
  const answers = { ...household.answers, ...body.answers };
  const given = new Set(Object.keys(body.answers ?? {}).map(Number));
  const answered = Object.fromEntries(
    Object.entries(household.answered ?? {}).map(([on, numbers]) => [on, numbers.filter((number) => !given.has(number))]),
  );
  answered[day] = [...(answered[day] ?? []), ...given];
  return { ...household, answers, answered, ...(body.is_full ? { full_on: day, assess_due: "" } : {}) };
}

