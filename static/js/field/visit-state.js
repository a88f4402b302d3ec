// What a visit form holds, as plain data: how it starts, what is wrong with it, what is sent. No page in here.
import { addDays, dayOf, momentOf, timeOf } from "./rules.js";
import { uuid } from "./store.js";
import { arabic, readBaht, readDay, typedDay } from "./words.js";

export const MOST_PHOTOS = 5;
export const MOST_HELPS = 20;
const LONGEST_NOTE = 5000;
const LONGEST_LINE = 500;
const CLOCK_TOLERANCE = 15 * 60_000;
// Why the server refused, and the field it speaks of.
const FIELD_OF = {
  future_visit: "visited_on",
  before_list: "visited_on",
  bad_time: "visited_on",
  naive_time: "visited_on",
  next_before_visit: "next_on",
  bad_note: "note",
  bad_amount: "helps",
  future_help: "helps",
  bad_help_status: "helps",
  unknown_item: "helps",
  bad_item: "helps",
  bad_agency: "helps",
  bad_finding: "checks",
  note_needed: "checks",
  bad_place: "place",
  half_place: "place",
};
const DOUBT_OF = { future_visit: "future", before_list: "before_list", bad_time: "future" };

export function freshVisit(household, now = new Date()) {
  return {
    id: uuid(),
    household,
    begun_at: now.toISOString(),
    visited_on: typedDay(dayOf(now)),
    visited_time: timeOf(now),
    outcome: "met",
    note: "",
    contribution: "",
    next: "auto",
    next_on: "",
    helps: [],
    checks: {},
    solved: [],
    notice: false,
    place: null,
    photos: [],
  };
}

/** A help as it is offered: with the agency and amount of last time. */
export function freshHelp(item, last, status = "delivered") {
  const same = last?.item === item.id ? last : null;
  const amount = same?.baht ?? item.baht ?? 0;
  return {
    id: uuid(),
    item: item.id,
    status,
    agency: same?.agency || item.agency || "",
    amount: amount ? String(amount) : "",
    detail: "",
    fulfils: null,
  };
}

export function keptPromise(promise) {
  return {
    id: uuid(),
    item: promise.item,
    status: "delivered",
    agency: promise.agency ?? "",
    amount: promise.baht ? String(promise.baht) : "",
    detail: promise.detail ?? "",
    fulfils: promise.id,
  };
}

function readTime(text) {
  const found = /^(\d{1,2})[:.](\d{2})$/.exec(arabic(text.trim()));
  if (!found || Number(found[1]) > 23 || Number(found[2]) > 59) return null;
  return `${found[1].padStart(2, "0")}:${found[2]}`;
}

export function visitedAt(state) {
  const [day, time] = [readDay(state.visited_on), readTime(state.visited_time)];
  return day && time ? momentOf(day, time) : null;
}

export function nextDay(state) {
  if (state.next === "auto") return null;
  if (state.next === "day") return readDay(state.next_on);
  return addDays(readDay(state.visited_on) ?? dayOf(), Number(state.next));
}

/** What must be mended before it can be kept: {field: word}. Helps and checks carry their id: "helps:<id>". */
export function faultsOf(state, now = new Date()) {
  const faults = {};
  const day = readDay(state.visited_on);
  if (!day) faults.visited_on = "fault-day";
  if (!readTime(state.visited_time)) faults.visited_time = "fault-time";
  const at = visitedAt(state);
  if (at && at - now > CLOCK_TOLERANCE) faults.visited_on = "fault-future";
  if (state.next === "day" && !readDay(state.next_on)) faults.next_on = "fault-day";
  else if (day && nextDay(state) && nextDay(state) <= day) faults.next_on = "fault-next";
  if (state.note.length > LONGEST_NOTE) faults.note = "fault-note";
  if (state.contribution.length > LONGEST_LINE) faults.contribution = "fault-line";
  for (const help of state.helps) {
    if (!help.item) faults[`helps:${help.id}`] = "fault-item";
    else if (readBaht(help.amount) === null) faults[`helps:${help.id}`] = "fault-amount";
    else if (help.detail.length > LONGEST_LINE || help.agency.length > 200) faults[`helps:${help.id}`] = "fault-line";
  }
  for (const [person, check] of Object.entries(state.checks)) {
    if (check.status === "corrected" && !check.note.trim()) faults[`checks:${person}`] = "fault-check";
  }
  return faults;
}

/** The body of POST /api/v1/visits/. */
export function bodyOfVisit(state, { notice_version: notice }) {
  const day = readDay(state.visited_on);
  const place = state.place ?? {};
  return {
    id: state.id,
    household: state.household,
    visited_at: visitedAt(state).toISOString(),
    outcome: state.outcome,
    note: state.note,
    next_visit_on: nextDay(state),
    notice_version: state.notice ? notice : "",
    family_contribution: state.contribution.trim(),
    helps: state.helps.map((help) => ({
      id: help.id,
      item: help.item,
      given_on: day,
      agency: help.agency.trim(),
      amount_baht: readBaht(help.amount) || "0",
      detail: help.detail.trim(),
      status: help.status,
      fulfils: help.fulfils,
    })),
    verifications: Object.entries(state.checks)
      .filter(([, check]) => check.status)
      .map(([person, check]) => ({ person, status: check.status, note: check.note.trim() })),
    self_solved: state.solved,
    latitude: place.latitude ?? null,
    longitude: place.longitude ?? null,
    accuracy_m: place.accuracy_m ?? null,
    ...(state.carried ?? {}),
  };
}

// What the form does not show goes back as it came.
const SHOWN = [
  "id", "household", "visited_at", "outcome", "note", "next_visit_on", "notice_version", "family_contribution", "helps",
  "verifications", "self_solved", "latitude", "longitude", "accuracy_m",
];

/** The form of a body that was refused. `reason` is {code, message, fields}. */
export function visitToMend(body, reason) {
  const at = new Date(body.visited_at);
  const doubt = DOUBT_OF[reason?.code];
  const carried = Object.fromEntries(Object.entries(body).filter(([name]) => !SHOWN.includes(name)));
  if (doubt) Object.assign(carried, { claimed_at: body.claimed_at ?? body.visited_at, time_doubt: doubt });
  const known = !Number.isNaN(at.getTime());
  return {
    ...freshVisit(body.household),
    id: body.id,
    visited_on: known ? typedDay(dayOf(at)) : "",
    visited_time: known ? timeOf(at) : "",
    outcome: body.outcome ?? "met",
    note: body.note ?? "",
    contribution: body.family_contribution ?? "",
    next: body.next_visit_on ? "day" : "auto",
    next_on: typedDay(body.next_visit_on),
    helps: (body.helps ?? []).map((help) => ({ ...help, agency: help.agency ?? "", amount: String(Number(help.amount_baht ?? 0) || ""), detail: help.detail ?? "", fulfils: help.fulfils ?? null })),
    checks: Object.fromEntries((body.verifications ?? []).map(({ person, status, note = "" }) => [person, { status, note }])),
    solved: body.self_solved ?? [],
    notice: Boolean(body.notice_version),
    place: body.latitude == null ? null : { latitude: body.latitude, longitude: body.longitude, accuracy_m: body.accuracy_m },
    carried,
  };
}

const NAMES = { visited_at: "visited_on", next_visit_on: "next_on", family_contribution: "contribution", verifications: "checks", latitude: "place", longitude: "place", accuracy_m: "place", self_solved: "solved" };

/** The fields a refusal speaks of: {field: sentence}. */
export function faultsOfRefusal(reason, state) {
  const named = Object.keys(reason?.fields ?? {}).map((name) => NAMES[name] ?? name);
  const fields = named.length ? named : [FIELD_OF[reason?.code] ?? "form"];
  return Object.fromEntries(fields.map((field) => [field === "helps" && state.helps.length ? `helps:${state.helps[0].id}` : field, reason.message]));
}
