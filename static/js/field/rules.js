// Rules of the field day without page or storage: the same as the server's (casework/queries/due.py, casework/pages/today.py).
export const SOON_DAYS = 7;
export const GROUPS = ["promised", "overdue", "due", "new", "slipped", "later"];
export const DIMENSIONS = ["health", "living", "education", "income", "access"];
const STAGES = ["waiting", "survive", "sufficient", "sustainable"];
const ZONE = "Asia/Bangkok";
const DAY_MS = 86_400_000;
const OLD_KIT_DAYS = 3;

const dayFormat = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });
const timeFormat = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });

/** The calendar day in Thailand, YYYY-MM-DD. */
export function dayOf(moment = new Date()) {
  return dayFormat.format(moment);
}

/** The time of day in Thailand, HH:MM. */
export function timeOf(moment = new Date()) {
  return timeFormat.format(moment);
}

/** The moment of a day and a time of day in Thailand. */
export function momentOf(day, time) {
  return new Date(`${day}T${time}:00+07:00`);
}

export function daysBetween(from, to) {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

export function addDays(day, days) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Full years. */
export function ageOn(born, day) {
  return Number(day.slice(0, 4)) - Number(born.slice(0, 4)) - (day.slice(5) < born.slice(5) ? 1 : 0);
}

export function bit(dimension) {
  return 1 << DIMENSIONS.indexOf(dimension);
}

/** The dimensions of a mask, in order. */
export function inMask(mask) {
  return DIMENSIONS.filter((dimension) => mask & bit(dimension));
}

export function stageCode(stage) {
  return typeof stage === "number" ? STAGES[stage] : stage || STAGES[0];
}

/** What is still to be worked: without what has recovered. */
export function failingNow(household) {
  return (household.baseline | household.additional) & ~household.recovered;
}

/** failing, relieved, recovered or clear: how the light of a dimension burns. */
export function lightState(dimension, failing, relieved, recovered) {
  const own = bit(dimension);
  if (!(failing & own)) return "clear";
  if (recovered & own) return "recovered";
  return relieved & own ? "relieved" : "failing";
}

/** Undone steps of the plan, the most pressing first. */
export function stepsOf(household) {
  const open = (household.steps ?? []).filter((step) => !step.done);
  return open.sort((one, other) => (one.due_on ?? "9").localeCompare(other.due_on ?? "9"));
}

/** The most pressing step that falls due within the week, or null. */
export function pressingStep(household, today) {
  const until = addDays(today, SOON_DAYS);
  return stepsOf(household).find((step) => step.due_on && step.due_on <= until) ?? null;
}

/** The day the stage fell, where no visit followed. */
export function freshSlip(household) {
  const { slipped_on: slipped, last_visit_on: visited } = household;
  return slipped && !(visited && visited > slipped) ? slipped : null;
}

export function dueDay(household, today) {
  const step = pressingStep(household, today);
  return [household.due_on, step?.due_on].filter(Boolean).sort()[0] ?? null;
}

/** Promised help nobody delivered yet, the oldest first. */
export function promisesOf(household) {
  return [...(household.promises ?? [])].sort((one, other) => one.given_on.localeCompare(other.given_on));
}

/** Why a household is on the list: one of GROUPS. */
export function groupOf(household, today) {
  if (household.promises?.length) return "promised";
  const due = dueDay(household, today);
  if (due && due < today) return "overdue";
  if (due && due <= addDays(today, SOON_DAYS)) return "due";
  if (!household.last_visit_on) return "new";
  return freshSlip(household) ? "slipped" : "later";
}

/** What the card says, as [word, values] pairs. */
export function reasonsOf(household, today) {
  const promise = promisesOf(household)[0];
  if (promise) {
    const days = daysBetween(promise.given_on, today);
    const said = { dimension: promise.dimension, item: promise.item_name, days };
    return [[days < 1 ? "reason-promise-today" : "reason-promise", said], ...pointsOf(household)];
  }
  const said = [];
  const step = pressingStep(household, today);
  if (step) said.push(["reason-step", { step: step.text, day: step.due_on }]);
  const slip = freshSlip(household);
  if (slip) said.push(["reason-slipped", { day: slip }]);
  if (!said.length) {
    said.push(household.last_visit_on ? ["reason-visited", { day: household.last_visit_on }] : ["reason-never", {}]);
  }
  const unhelped = inMask(failingNow(household) & ~household.relieved);
  if (unhelped.length) said.push(["reason-unhelped", { dimensions: unhelped }]);
  if (household.assess_due && said.length === 1) said.push(["reason-assess", { due: household.assess_due }]);
  return [...said, ...pointsOf(household)];
}

// What a kit taken along before points were in it does not know is not said.
function pointsOf(household) {
  return household.points == null ? [] : [["reason-points", { n: household.points }]];
}

/** The chip beside the name: [word, values, tone], or null. */
export function dueChip(due, today) {
  if (!due) return null;
  const days = daysBetween(today, due);
  if (days < 0) return ["due-late", { days: -days }, "late"];
  if (days === 0) return ["due-today", {}, "soon"];
  if (days === 1) return ["due-tomorrow", {}, "soon"];
  return ["due-on", { day: due }, days <= SOON_DAYS ? "soon" : ""];
}

// The earliest due first; of one day the one with more points, as the server reckoned them for the kit.
function sooner(one, other, today) {
  const days = (dueDay(one, today) ?? "9").localeCompare(dueDay(other, today) ?? "9");
  return days || (other.points ?? 0) - (one.points ?? 0);
}

/** The households in groups, the most pressing first; inside a group the earliest due, then by points, then as they came. */
export function groupsOf(households, today) {
  const groups = new Map(GROUPS.map((name) => [name, []]));
  for (const household of households) groups.get(groupOf(household, today)).push(household);
  for (const list of groups.values()) {
    list.sort((one, other) => sooner(one, other, today));
  }
  return [...groups].filter(([, list]) => list.length);
}

export function isOldKit(madeAt, now = new Date()) {
  return now - new Date(madeAt) > OLD_KIT_DAYS * DAY_MS;
}

/** The household as it will be once this waiting visit has been stored. */
export function withVisit(household, visit) {
  const kept = new Set(visit.helps.map((help) => help.fulfils).filter(Boolean));
  const later = !household.last_visit_on || visit.visited_on >= household.last_visit_on;
  const given = visit.helps.filter((help) => help.status !== "promised");
  const relieved = given.reduce((mask, help) => mask | (help.relieves ? bit(help.dimension) : 0), household.relieved);
  const promised = visit.helps.filter((help) => help.status === "promised");
  return {
    ...household,
    relieved: relieved & (household.baseline | household.additional),
    promises: [...(household.promises ?? []).filter((promise) => !kept.has(promise.id)), ...promised],
    helps: [...given, ...(household.helps ?? [])],
    last_visit_on: later ? visit.visited_on : household.last_visit_on,
    due_on: later ? (visit.next_visit_on ?? addDays(visit.visited_on, household.interval_days ?? 30)) : household.due_on,
    last_visit: later ? { on: visit.visited_on, outcome: visit.outcome, note: visit.note, next: visit.next_visit_on } : household.last_visit,
  };
}
