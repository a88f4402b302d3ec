// Sends what waits. Only an answer of the server makes an item stored: a cut or a timeout puts it back, and the next try sends
// the same UUID, which the server stores once however often it comes.
import { openSealed } from "./drafts.js";
import { householdOfKit, kitInfo, refreshKit, rememberServer } from "./kit.js";
import { call, NoAnswer, Refused, signedOut } from "./net.js";
import { deviceId, forgetStored, waitingCount } from "./outbox.js";
import { hereIfGranted } from "./places.js";
import { database, getMeta, onStore, setMeta, tell, toBase64 } from "./store.js";
import { dropVault, enter, lock, openVault, personId, unlock } from "./vault.js";

const VERSION = "1";
const BATCH = 20;
const BATCH_BYTES = 200_000;
const CHECK_IN_EVERY = 5 * 60_000;
const CHUNK = { least: 64 * 1024, first: 128 * 1024, most: 256 * 1024 };
const PATHS = { visit: "/api/v1/visits/", facts: "/api/v1/facts/" };
const DONE = new Set(["created", "same", "applied", "waiting"]);
let chunk = CHUNK.first;

// Sends everything that is due; `force` does not wait for the pause after a failure. Gives {state, waiting}; `state` is
// ok, offline, busy (another tab sends), signed_out, no_appointment or slow. Never raises for the network.
export async function syncNow({ force = false } = {}) {
  if (!navigator.locks) return round(force);
  return navigator.locks.request("povertyops-field:sync", { ifAvailable: true }, (free) => (free ? round(force) : { state: "busy" }));
}

// How the last try ended: {state, at}.
export async function syncState() {
  return (await getMeta("sync")) ?? { state: "never", at: 0 };
}

async function round(force) {
  await takeBack();
  let state = "ok";
  try {
    // Whoever signed out without network is not signed in again by the session that is still to be ended.
    if (await getMeta("leaving")) throw new Refused(401, { code: "not_authenticated" });
    const person = await checkIn(force);
    if (person !== null) {
      await reopen(person);
      for (let more = true; more; force = false) more = await sendDue(person, force);
      await sendPhotos(person);
    }
    await refreshKit();
  } catch (error) {
    state = stateOf(error);
  }
  await forgetStored();
  const waiting = await waitingCount();
  await setMeta("sync", { state, at: Date.now() });
  tell("sync");
  return { state, waiting };
}

function stateOf(error) {
  if (signedOut(error)) return "signed_out";
  if (error instanceof NoAnswer) return navigator.onLine ? "slow" : "offline";
  if (error instanceof Refused) return error.status === 403 ? "no_appointment" : "slow";
  throw error;
}

// Whoever holds the lock is the only sender, so what is marked as being sent belongs to a page that died.
async function takeBack() {
  const work = (await database()).transaction("outbox", "readwrite");
  for (const row of await work.store.getAll()) {
    if (row.state === "sending" || row.sending) work.store.put({ ...row, state: row.state === "sending" ? "waiting" : row.state, sending: false }, row.id);
  }
  await work.done;
}

// Says hello: measures the clock, learns whose session this is, brings the server's key. Gives the person's id.
async function checkIn(force) {
  const person = await personId();
  const rows = (await (await database()).getAll("outbox")).filter((row) => row.state !== "stored" && row.user_id === person);
  const last = await getMeta("check_in");
  const vault = await openVault();
  if (!force && !rows.length && vault && last && Date.now() - last < CHECK_IN_EVERY) return vault.user_id;
  const kit = await kitInfo();
  const before = Date.now();
  const told = {
    device_id: await deviceId(),
    phone_time: new Date(before).toISOString(),
    waiting: rows.length,
    oldest_at: rows.length ? new Date(Math.min(...rows.map((row) => row.made_at))).toISOString() : null,
    is_persisted: (await navigator.storage?.persisted?.()) ?? false,
    version: VERSION,
    households: kit?.households ?? 0,
    kit_made_at: kit?.made_at ?? null,
  };
  let answer;
  try {
    answer = await call("/api/v1/field/sync/", { method: "POST", json: told, timeout: 20_000 });
  } catch (error) {
    // An appointment that is over takes the households with it; what was not sent stays sealed.
    if (error instanceof Refused && ["no_appointment", "not_allowed"].includes(error.code)) await dropVault();
    throw error;
  }
  const skew = Math.round(((before + Date.now()) / 2 - Date.parse(answer.server_time)) / 1000);
  await setMeta("skew", { seconds: skew, at: Date.now() });
  await rememberServer(answer);
  if (answer.appointment_id) await enter({ user_id: answer.user_id, appointment_id: answer.appointment_id, valid_to: answer.valid_to });
  else await leave(answer.user_id);
  if (answer.kit_stale) await setMeta("kit_stale", true);
  await setMeta("check_in", Date.now());
  return answer.user_id;
}

// The appointment is over: the households go, what was made under it is still sent.
async function leave(userId) {
  await dropVault();
  await setMeta("person", { user_id: userId });
}

// After signing in again the locked copies are shut for good: the server opens the sealed ones once, and they are locked anew.
async function reopen(person) {
  if (!(await openVault())) return;
  const db = await database();
  const shut = [];
  for (const row of await db.getAll("outbox")) {
    if (row.user_id === person && row.state !== "stored" && (await unlock(row.body)) === null) shut.push(row);
  }
  if (!shut.length) return;
  const opened = new Map();
  for (let at = 0; at < shut.length; at += BATCH) for (const pair of await openSealed(shut.slice(at, at + BATCH))) opened.set(...pair);
  for (const row of shut) {
    const body = opened.get(row.id);
    if (!body) continue;
    const household = await householdOfKit(body.household);
    const label = household ? { name: household.name, place: household.place } : {};
    // The reason went with the old key; asking again brings it back.
    const again = row.state === "needs_you" && !row.accepted ? { state: "waiting", reason: null, next_at: 0 } : {};
    await change(row.id, { ...again, body: await lock(body), label: await lock(label) });
  }
  tell("outbox");
}

// One batch of each kind; true when there may be more.
async function sendDue(person, force) {
  const due = (await (await database()).getAll("outbox"))
    .filter((row) => row.user_id === person && row.state === "waiting" && (force || row.next_at <= Date.now()))
    .sort((one, other) => one.made_at - other.made_at);
  if (!due.length) return false;
  const first = due[0].kind;
  await send(first, batchOf(due.filter((row) => row.kind === first)));
  return true;
}

function batchOf(rows) {
  const batch = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += row.sealed.length;
    if (batch.length && (batch.length === BATCH || bytes > BATCH_BYTES)) break;
    batch.push(row);
  }
  return batch;
}

async function send(kind, batch) {
  await Promise.all(batch.map((row) => change(row.id, { state: "sending" })));
  tell("outbox");
  const place = kind === "visit" ? await hereIfGranted({ timeout: 4000, maximumAge: 300_000, precise: false }) : null;
  const skew = (await getMeta("skew"))?.seconds ?? null;
  const bytes = batch.reduce((sum, row) => sum + row.sealed.length, 0);
  try {
    const answers = await call(PATHS[kind], {
      method: "POST",
      json: batch.map((row) => element(row, skew, place)),
      timeout: 30_000 + bytes / 4,
    });
    const byId = new Map((Array.isArray(answers) ? answers : []).map((answer) => [answer.id, answer]));
    for (const row of batch) await settle(row, byId.get(row.id));
  } catch (error) {
    await putBack(kind, batch, error);
  } finally {
    tell("outbox");
  }
}

function element(row, skew, place) {
  const sent = { id: row.id, sealed: toBase64(row.sealed), clock_skew_s: skew };
  return place ? { ...sent, sent_latitude: place.latitude, sent_longitude: place.longitude } : sent;
}

// A whole request that was refused: one bad item must not hold up the others, so they go one by one.
async function putBack(kind, batch, error) {
  const unfit = error instanceof Refused && [400, 413, 422].includes(error.status);
  if (unfit && batch.length > 1) {
    for (const row of batch) await send(kind, [row]);
    return;
  }
  if (unfit) return ask(batch[0], { code: error.code, message: error.body?.message ?? "" });
  for (const row of batch) await later(row);
  throw error;
}

async function settle(row, answer) {
  if (!answer) return later(row);
  if (DONE.has(answer.result)) {
    const stored_at = Date.parse(answer.visit?.recorded_at ?? "") || Date.now();
    const receipt = answer.visit?.receipt ?? answer.receipt ?? receiptOf(row.id);
    const note = answer.result === "waiting" ? "two_values" : answer.after_assignment ? "after_assignment" : null;
    return change(row.id, { state: "stored", accepted: true, stored_at, receipt, note, reason: null });
  }
  if (answer.result === "conflict") return ask(row, answer, { accepted: true });
  if (answer.status >= 500 || answer.status === 429) return later(row);
  return ask(row, answer);
}

// The same number that the page shows after saving.
function receiptOf(id) {
  const tail = id.slice(-8).toUpperCase();
  return `${tail.slice(0, 4)}-${tail.slice(4)}`;
}

async function ask(row, { code, message, fields_to_mend: fields, body }, more = {}) {
  const reason = { code: code ?? "refused", said: await lock({ message: message ?? "", fields: fields ?? null }) };
  const opened = body ? { body: await lock(body) } : {};
  await change(row.id, { state: "needs_you", reason, ...opened, ...more });
}

// Waits longer after each failure, up to ten minutes, and never two phones at the same beat.
async function later(row) {
  const attempts = row.attempts + 1;
  const pause = Math.min(600_000, 5000 * 2 ** Math.min(attempts, 7)) * (0.5 + Math.random());
  await change(row.id, { state: "waiting", attempts, next_at: Date.now() + pause });
}

// Reads and writes in one transaction; an item that was thrown away meanwhile stays away.
async function change(id, values) {
  const work = (await database()).transaction("outbox", "readwrite");
  const row = await work.store.get(id);
  if (row) work.store.put({ ...row, ...values }, id);
  await work.done;
}

// ------------------------------------------------------------------------------------------------------------ photos

async function sendPhotos(person) {
  const rows = (await (await database()).getAll("outbox")).filter((row) => row.user_id === person && row.state !== "needs_you");
  for (const row of rows) {
    const waiting = row.photos.filter((photo) => photo.state === "waiting");
    if (!waiting.length) continue;
    await change(row.id, { sending: true });
    tell("outbox");
    try {
      for (const { id } of waiting) await sendPhoto(row, id);
    } finally {
      await change(row.id, { sending: false });
      tell("outbox");
    }
  }
}

async function sendPhoto(row, id) {
  const db = await database();
  const photo = await db.get("photos", id);
  if (!photo) return photoEnds(row, id, "gone");
  try {
    let answer = await announce(row, photo);
    while (answer?.state === "receiving" && answer.offset < photo.size) answer = await sendChunk(row, photo, answer.offset);
    if (answer?.state === "stored") await photoEnds(row, id, "stored");
    else if (answer?.state === "refused") await refusePhoto(row, id, answer);
  } catch (error) {
    if (!isFinal(error)) throw error;
    await refusePhoto(row, id, error.body ?? {});
  }
}

function isFinal(error) {
  return error instanceof Refused && [400, 403, 404, 409, 413, 415, 422].includes(error.status) && !signedOut(error);
}

function photoPath(row, id = "") {
  return `/api/v1/visits/${row.id}/photos/${id ? `${id}/` : ""}`;
}

// Telling of it again is harmless and says how much has come; {offset, state}, or null while it cannot be told of.
async function announce(row, photo) {
  if (photo.announced) {
    try {
      return await call(photoPath(row, photo.id));
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) throw error;
    }
  }
  const about = (await unlock(photo.about)) ?? (await openSealed([{ id: photo.id, kind: "draft", sealed: photo.about_sealed }])).get(photo.id);
  if (!about) return null;
  const skew = (await getMeta("skew"))?.seconds ?? null;
  const json = { ...about, id: photo.id, size: photo.size, sha256: photo.sha256, sealed: true, clock_skew_s: skew };
  const answer = await call(photoPath(row), { method: "POST", json });
  await (await database()).put("photos", { ...photo, announced: true }, photo.id);
  return answer;
}

// Larger pieces where they pass quickly, smaller where they crawl.
async function sendChunk(row, photo, offset) {
  const bytes = await photo.sealed.slice(offset, offset + chunk).arrayBuffer();
  const begun = Date.now();
  try {
    const answer = await call(photoPath(row, photo.id), {
      method: "PATCH",
      bytes,
      headers: { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" },
      timeout: 60_000,
    });
    const took = Date.now() - begun;
    if (took < 2000) chunk = Math.min(CHUNK.most, chunk * 2);
    if (took > 8000) chunk = Math.max(CHUNK.least, chunk / 2);
    return answer;
  } catch (error) {
    if (error instanceof NoAnswer) chunk = Math.max(CHUNK.least, chunk / 2);
    if (error instanceof Refused && error.status === 409) return call(photoPath(row, photo.id));
    throw error;
  }
}

async function photoEnds(row, id, state) {
  const work = (await database()).transaction(["outbox", "photos"], "readwrite");
  const now = await work.objectStore("outbox").get(row.id);
  if (now) {
    const photos = now.photos.map((photo) => (photo.id === id ? { ...photo, state } : photo));
    work.objectStore("outbox").put({ ...now, photos }, row.id);
  }
  if (state === "stored") work.objectStore("photos").delete(id);
  await work.done;
  tell("outbox");
}

async function refusePhoto(row, id, { code, refusal, message }) {
  await photoEnds(row, id, "refused");
  const now = await (await database()).get("outbox", row.id);
  await ask(now, { code: refusal ?? code ?? "photo_refused", message }, { accepted: now.accepted ?? false });
}

// ------------------------------------------------------------------------------------------------------------- when

const SOON = 5000;
const WHEN_BUSY = 1500;
let beat = 0;
let again = 0;
let misses = 0;
let owed = false;

// After a cut the next try comes soon, then later and later, never two phones at the same beat. A good reason that met a round
// already at work (perhaps one begun without network) comes back.
function tryAgain(go, force, { state, waiting }) {
  clearTimeout(again);
  const comeBack = (pause) => {
    again = setTimeout(() => {
      const pressing = owed;
      owed = false;
      go(pressing);
    }, pause);
  };
  if (state === "busy") {
    owed ||= force;
    return comeBack(WHEN_BUSY);
  }
  misses = state === "slow" && waiting ? misses + 1 : 0;
  if (owed) comeBack(0);
  else if (misses) comeBack(SOON * 2 ** Math.min(misses, 5) * (0.5 + Math.random()));
  return null;
}

// Sends on load, when the network comes back, when the page is looked at again, after each new item, and every minute while
// something waits.
export function keepSending() {
  const go = (force = false) =>
    syncNow({ force })
      .then((ended) => tryAgain(go, force, ended))
      .catch((error) => console.error(error));
  // A page that is opened and a network that comes back are good reasons not to wait out the pause after a failure.
  addEventListener("online", () => go(true));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && go());
  onStore((what) => what === "put" && go());
  clearInterval(beat);
  beat = setInterval(async () => navigator.onLine && (await waitingCount()) && go(), 60_000);
  go(true);
}
