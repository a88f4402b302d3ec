// The households taken along: fetched in one piece, locked one by one, opened without network.
import { call, NoAnswer, Refused } from "./net.js";
import { askToStay, database, getMeta, setMeta, tell } from "./store.js";
import { enter, lock, mark, openVault, unlock } from "./vault.js";

const URL = "/api/v1/field/kit/";
const GROWS_OLD = 6 * 3600 * 1000;
// Left out of the list of the day, which opens in one piece.
const ONLY_ON_ITS_PAGE = ["members", "versions", "helps", "answers", "failed", "suggested", "referrals"];

// Takes the team's households along; `progress(share)` hears 0 to 1. Gives kitInfo(). Raises Refused or NoAnswer; what was
// here before stays until the new ones are all locked.
export async function takeAlong(progress = () => {}) {
  const { kit, bytes } = await download(progress);
  await enter(kit.owner);
  await rememberServer(kit);
  const rows = [["today", await lock(today(kit))], ["common", await lock(shared(kit))]];
  for (const [place, household] of kit.households.entries()) {
    rows.push([household.id, await lock(household)]);
    if (place % 10 === 0) progress(0.6 + (0.35 * place) / kit.households.length);
  }
  await replace(rows, { taken_at: Date.now(), made_at: kit.made_at, households: kit.households.length, bytes, left_out: kit.left_out ?? 0 });
  await mark();
  askToStay();
  progress(1);
  tell("kit");
  return kitInfo();
}

async function download(progress) {
  let answer;
  try {
    answer = await fetch(URL, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(120_000) });
  } catch (error) {
    throw new NoAnswer(error.message);
  }
  if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => null));
  const whole = Number(answer.headers.get("X-Kit-Bytes")) || 1;
  const parts = [];
  let bytes = 0;
  try {
    for (const reader = answer.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      bytes += value.length;
      progress(Math.min(0.6, (0.6 * bytes) / whole));
    }
    return { kit: JSON.parse(await new Blob(parts).text()), bytes };
  } catch (error) {
    throw new NoAnswer(error.message);
  }
}

function today(kit) {
  const households = kit.households.map((household) =>
    Object.fromEntries(Object.entries(household).filter(([name]) => !ONLY_ON_ITS_PAGE.includes(name))),
  );
  return { made_at: kit.made_at, owner: kit.owner, households };
}

function shared(kit) {
  return { ...kit.common, owner: kit.owner, made_at: kit.made_at };
}

// In one transaction: either the whole new kit is here or the whole old one.
async function replace(rows, info) {
  const work = (await database()).transaction(["kit", "meta"], "readwrite");
  const kit = work.objectStore("kit");
  await Promise.all([kit.clear(), ...rows.map(([name, box]) => kit.put(box, name)), work.objectStore("meta").put(info, "kit"), work.done]);
}

// The server's key and clock, from any answer that carries them.
export async function rememberServer({ seal }) {
  if (seal) await setMeta("seal", seal);
}

// {taken_at, made_at, households, bytes, left_out, days, is_old} or null when nothing was taken along.
export async function kitInfo() {
  if (!(await openVault())) return null;
  const info = await getMeta("kit");
  if (!info) return null;
  const age = Date.now() - info.taken_at;
  return { ...info, days: Math.floor(age / 86_400_000), is_old: age > GROWS_OLD };
}

// {made_at, owner, households: [...]} as taken along, without what only a household's own page shows; or null.
export async function todayOfKit() {
  return read("today");
}

// Who took along what is here: {name, role_label, centre, ...} or null; asks nobody.
export async function keptOwner() {
  return (await read("common"))?.owner ?? null;
}

// {notice, indicators, menu, agencies, ..., owner, made_at}; asks the server where nothing was taken along; or null.
export async function commonOfKit() {
  return (await read("common")) ?? (await fetchOne(""))?.common ?? null;
}

// One household, from the kit or (when online) from the server; null where neither has it.
// `fresh` asks the server first and keeps the answer.
export async function householdOfKit(id, { fresh = false } = {}) {
  const kept = await read(id);
  if (kept && !fresh) return kept;
  return (await fetchOne(id))?.households[0] ?? kept;
}

async function read(name) {
  if (!(await openVault())) return null;
  return unlock(await (await database()).get("kit", name));
}

const asked = new Map();

// Kept beside the kit, so that the next look needs no network. One question for all who ask at once.
function fetchOne(id) {
  if (!asked.has(id)) asked.set(id, ask(id).finally(() => asked.delete(id)));
  return asked.get(id);
}

async function ask(id) {
  try {
    const kit = await call(`${URL}?household=${encodeURIComponent(id)}`, { timeout: 20_000 });
    await enter(kit.owner);
    await rememberServer(kit);
    const db = await database();
    for (const household of kit.households) await db.put("kit", await lock(household), household.id);
    const common = withKnownSets(shared(kit), await read("common"));
    await db.put("kit", await lock(common), "common");
    return { ...kit, common };
  } catch (error) {
    if (error instanceof NoAnswer || error instanceof Refused) return null;
    throw error;
  }
}

// The answer for one household names only its own indicator set; the sets of the others stay.
function withKnownSets(common, before) {
  const codes = new Set(common.indicators.map((set) => set.code));
  return { ...common, indicators: [...(before?.indicators ?? []).filter((set) => !codes.has(set.code)), ...common.indicators] };
}

// Quietly, when what is here has grown old and there is a network.
export async function refreshKit() {
  const info = await kitInfo();
  if (!info?.is_old && !(await getMeta("kit_stale"))) return;
  if (!info || !navigator.onLine) return;
  try {
    await takeAlong();
    await setMeta("kit_stale", false);
  } catch (error) {
    if (!(error instanceof NoAnswer || error instanceof Refused)) throw error;
  }
}

