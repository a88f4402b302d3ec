// Facts of a household as they are edited: which fields there are, what is wrong with a value, what is sent. No page in here.
import { dayOf } from "./rules.js";
import { uuid } from "./store.js";
import { arabic, readDay } from "./words.js";

export const HOUSE_FACTS = ["phone", "house_no"];
export const PERSON_FACTS = ["title", "first_name", "last_name", "birth_date", "occupation"];
export const ADDED_FACTS = ["title", "first_name", "last_name", "relation", "birth_date", "sex", "occupation"];
const LONGEST = { house_no: 40, title: 40, first_name: 120, last_name: 120, occupation: 60, relation: 60 };

/** The value that the kit knows, as it stands in the field. */
export function knownValue(household, member, field) {
  if (!member) return household[field] ?? "";
  const names = { first_name: "first", last_name: "last" };
  return member[names[field] ?? field] ?? "";
}

export function versionOf(household, member, field) {
  return household.versions?.[member ? `${member.id}.${field}` : field] ?? 0;
}

export function phoneOf(text) {
  return arabic(text).replace(/[\s\-().]/g, "").replace(/^\+66/, "0");
}

/** The word for what is wrong with a typed value, or null. */
export function faultOf(field, text) {
  const value = text.trim();
  if (field === "phone") return !value || /^0\d{8,9}$/.test(phoneOf(value)) ? null : "fault-phone";
  if (field === "birth_date") {
    const day = value ? readDay(value) : dayOf();
    return day ? (day > dayOf() ? "fault-birth_future" : null) : "fault-birth_date";
  }
  if (field === "first_name" && !value) return "fault-first_name";
  return value.length > (LONGEST[field] ?? 500) ? "fault-long" : null;
}

/** A typed value as it is sent. */
export function cleaned(field, text) {
  if (field === "phone") return phoneOf(text);
  if (field === "birth_date") return readDay(text) ?? "";
  return text.trim();
}

function edit(household, person, field, value, version, reason) {
  return { id: uuid(), household, person, field, value, base_version: version, made_at: new Date().toISOString(), reason };
}

/** One element for each field that changed. `state` is {house, people, leaves, added, spot, reason}. */
export function editsOf(state, household) {
  const found = [];
  const reason = state.reason.trim();
  const add = (member, field, text) => {
    const value = cleaned(field, text);
    const known = knownValue(household, member, field);
    if (value === (field === "phone" ? phoneOf(known) : known) || (field === "birth_date" && !value)) return;
    found.push(edit(household.id, member?.id ?? null, field, value, versionOf(household, member, field), reason));
  };
  for (const [field, text] of Object.entries(state.house)) add(null, field, text);
  for (const member of household.members ?? []) {
    for (const [field, text] of Object.entries(state.people[member.id] ?? {})) add(member, field, text);
    const why = state.leaves[member.id];
    if (why) {
      const value = JSON.stringify({ on: dayOf(), why });
      found.push(edit(household.id, member.id, "member_leave", value, versionOf(household, member, "member_leave"), reason));
    }
  }
  for (const person of state.added) {
    const value = Object.fromEntries(ADDED_FACTS.map((field) => [field, cleaned(field, person[field] ?? "")]));
    found.push(edit(household.id, null, "member_add", JSON.stringify(value), 0, reason));
  }
  if (state.spot) {
    const value = `${state.spot.latitude.toFixed(6)},${state.spot.longitude.toFixed(6)}`;
    found.push(edit(household.id, null, "place", value, versionOf(household, null, "place"), reason));
  }
  return found;
}

export function freshFacts() {
  return { house: {}, people: {}, leaves: {}, added: [], spot: null, reason: "" };
}
