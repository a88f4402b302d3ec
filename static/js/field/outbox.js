// What waits to be sent: each item sealed to the server at once, with a locked copy for its own person to look at and mend.
import { openSealed } from "./drafts.js";
import { sealJson, seal } from "./seal.js";
import { askToStay, database, getMeta, onStore, setMeta, tell, toBase64, uuid } from "./store.js";
import { lock, openVault, personId, unlock } from "./vault.js";

const DAY = 24 * 3600 * 1000;
const STORED_SHOWN_FOR = 7 * DAY;
const AT_RISK_AFTER = 3 * DAY;
const FULL_FROM = 0.8;
const ORDER = { needs_you: 0, sending: 1, waiting: 1, stored: 2 };

// Nothing was kept: no key to seal with ("no_seal_key"), nobody known ("nobody") or no room ("no_room").
export class NotKept extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// Keeps a visit with its photos, [{id, blob, thumb, taken_at, latitude, longitude, accuracy_m}], until it is stored. `body` is
// what POST /api/v1/visits/ takes, `label` {name, place} for the list. Gives the item's id.
export async function putVisit(body, photos = [], label = {}) {
  const rows = await Promise.all(photos.map((photo) => photoRow(photo, body)));
  return put("visit", body, label, rows);
}

// Keeps edits of household facts: one element of POST /api/v1/facts/ or an array of them. Gives the id of the (last) item.
export async function putFacts(body, label = {}) {
  let id = null;
  for (const edit of Array.isArray(body) ? body : [body]) id = await put("facts", { id: uuid(), ...edit }, label, []);
  return id;
}

async function put(kind, body, label, photos) {
  const userId = await personId();
  if (userId === null) throw new NotKept("nobody");
  const item = {
    id: body.id,
    kind,
    user_id: userId,
    sealed: await sealed(body, { kind, userId, itemId: body.id }),
    body: await lock(body),
    label: await lock(label),
    photos: photos.map((photo) => ({ id: photo.id, state: "waiting" })),
    made_at: Date.now(),
    state: "waiting",
    attempts: 0,
    next_at: 0,
    receipt: null,
    stored_at: null,
    reason: null,
  };
  await write(item, photos);
  tell("put");
  askToStay();
  return item.id;
}

async function write(item, photos) {
  try {
    const work = (await database()).transaction(["outbox", "photos"], "readwrite", { durability: "strict" });
    const rows = photos.map((photo) => work.objectStore("photos").put(photo, photo.id));
    await Promise.all([...rows, work.objectStore("outbox").put(item, item.id), work.done]);
  } catch (error) {
    if (error.name === "QuotaExceededError" || error.name === "AbortError") throw new NotKept("no_room");
    throw error;
  }
  tell("outbox");
}

async function sealed(body, binding) {
  try {
    return await sealJson(body, binding);
  } catch (error) {
    if (error.message === "no_seal_key") throw new NotKept("no_seal_key");
    throw error;
  }
}

async function photoRow(photo, visit) {
  const userId = await personId();
  const { id, blob, thumb, ...told } = photo;
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const box = await seal(bytes, { kind: "photo", userId, itemId: id });
  const about = { ...told, household: visit.household };
  return {
    id,
    visit: visit.id,
    user_id: userId,
    sealed: new Blob([box]),
    size: box.length,
    sha256: hex(await crypto.subtle.digest("SHA-256", box)),
    about: await lock(about),
    about_sealed: await sealJson(about, { kind: "draft", userId, itemId: id }),
    thumb: thumb ? await lock(toBase64(new Uint8Array(await thumb.arrayBuffer()))) : null,
    announced: false,
    offset: 0,
  };
}

function hex(buffer) {
  return [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Everything of this phone: what needs the person first, then what waits (oldest first), then what is stored (newest first).
// Items of somebody else, or after signing out, have `mine: false` and no body or label.
export async function items() {
  const vault = await openVault();
  const rows = await (await database()).getAll("outbox");
  const shown = await Promise.all(rows.filter(isShown).map((row) => view(row, vault)));
  return shown.sort((one, other) => ORDER[one.state] - ORDER[other.state] || inOrder(one, other));
}

function inOrder(one, other) {
  return one.state === "stored" ? other.stored_at - one.stored_at : one.made_at - other.made_at;
}

function isShown(row) {
  return row.state !== "stored" || isBusy(row) || Date.now() - row.stored_at < STORED_SHOWN_FOR;
}

function isBusy(row) {
  return row.photos.some((photo) => photo.state === "waiting");
}

async function view(row, vault) {
  const mine = vault?.user_id === row.user_id;
  const state = row.state === "stored" && isBusy(row) ? (row.sending ? "sending" : "waiting") : row.state;
  return {
    id: row.id,
    kind: row.kind,
    user_id: row.user_id,
    mine,
    state,
    body: mine ? await unlock(row.body) : null,
    label: mine ? await unlock(row.label) : null,
    made_at: row.made_at,
    days: Math.floor((Date.now() - row.made_at) / DAY),
    stored_at: row.stored_at,
    receipt: row.receipt,
    is_stored: row.state === "stored",
    is_accepted: Boolean(row.accepted),
    reason: mine ? await reasonOf(row) : null,
    note: row.note ?? null,
    attempts: row.attempts,
    next_at: row.next_at,
    photos: { total: row.photos.length, sent: row.photos.filter((photo) => photo.state !== "waiting").length },
  };
}

// What the server said may quote what was written, so it is locked too.
async function reasonOf(row) {
  if (!row.reason) return null;
  return { code: row.reason.code, ...(await unlock(row.reason.said)) };
}

// How many of this phone's items are not wholly stored: of the person signed in, else of everybody.
export async function waitingCount() {
  const vault = await openVault();
  const rows = await (await database()).getAll("outbox");
  return rows.filter((row) => (row.state !== "stored" || isBusy(row)) && (!vault || row.user_id === vault.user_id)).length;
}

// Calls `listener()` after every change of the outbox, in whichever tab; gives back a function that stops it.
export function onChange(listener) {
  return onStore((what) => {
    if (what === "outbox" || what === "vault") listener();
  });
}

// The household's items that wait: its visits and edits are not in the kit yet.
export async function waitingFor(household) {
  return (await items()).filter((item) => !item.is_stored && item.body?.household === household);
}

// An item that was refused, with what the person changed: sealed anew under the same id, sent at the next chance.
export async function mend(id, body) {
  const db = await database();
  const row = await db.get("outbox", id);
  if (!row || row.state !== "needs_you" || row.accepted) throw new NotKept("not_mendable");
  const whole = { ...body, id };
  const mended = {
    ...row,
    sealed: await sealed(whole, { kind: row.kind, userId: row.user_id, itemId: id }),
    body: await lock(whole),
    state: "waiting",
    reason: null,
    attempts: 0,
    next_at: 0,
  };
  await write(mended, []);
  tell("put");
  return id;
}

// The opened body of an item for its form: from the locked copy, else from the server after signing in again.
export async function bodyOf(id) {
  const row = await (await database()).get("outbox", id);
  const vault = row && (await openVault());
  if (!vault || vault.user_id !== row.user_id) return null;
  return (await unlock(row.body)) ?? (await openSealed([row])).get(id) ?? null;
}

// Throws an item away that the server never accepted. Raises NotKept where it did.
export async function remove(id) {
  const work = (await database()).transaction(["outbox", "photos"], "readwrite");
  const row = await work.objectStore("outbox").get(id);
  if (row && (row.state === "stored" || row.state === "sending" || row.accepted)) throw new NotKept("already_stored");
  for (const photo of row?.photos ?? []) work.objectStore("photos").delete(photo.id);
  work.objectStore("outbox").delete(id);
  await work.done;
  tell("outbox");
}

// The person has read that two versions came in; both are with the officer.
export async function acknowledge(id) {
  const work = (await database()).transaction(["outbox", "photos"], "readwrite");
  const row = await work.objectStore("outbox").get(id);
  if (row?.accepted) {
    for (const photo of row.photos) if (photo.state === "refused") work.objectStore("photos").delete(photo.id);
    const settled = { ...row, state: "stored", stored_at: row.stored_at ?? Date.now(), note: row.reason?.code ?? null, reason: null };
    work.objectStore("outbox").put(settled, id);
  }
  await work.done;
  tell("outbox");
}

// A file of sealed items (all that wait, or one): the last resort, read in at /outbox/file/ by their own person. {blob, name, count}
export async function exportFile(id = null) {
  const db = await database();
  const person = await personId();
  const rows = (await db.getAll("outbox")).filter((row) => (id ? row.id === id : row.state !== "stored" || isBusy(row)));
  const mine = rows.filter((row) => row.user_id === person);
  const photos = (await db.getAll("photos")).filter((photo) => mine.some((row) => row.id === photo.visit));
  const file = {
    format: "povertyops-outbox",
    version: 1,
    user_id: person,
    made_at: new Date().toISOString(),
    clock_skew_s: (await getMeta("skew"))?.seconds ?? null,
    items: mine.map((row) => ({ id: row.id, kind: row.kind, sealed: toBase64(row.sealed), made_at: new Date(row.made_at).toISOString() })),
    photos: await Promise.all(photos.map(photoOfFile)),
  };
  const name = `povertyops-outbox-${new Date().toISOString().slice(0, 10)}.json`;
  return { blob: new Blob([JSON.stringify(file)], { type: "application/json" }), name, count: mine.length };
}

async function photoOfFile(photo) {
  return {
    id: photo.id,
    visit: photo.visit,
    size: photo.size,
    sha256: photo.sha256,
    sealed: toBase64(new Uint8Array(await photo.sealed.arrayBuffer())),
    about: toBase64(photo.about_sealed),
  };
}

// Stored items go after a week, with what is left of their photos.
export async function forgetStored() {
  const work = (await database()).transaction("outbox", "readwrite");
  for (const row of await work.store.getAll()) if (!isShown(row)) work.store.delete(row.id);
  await work.done;
}

// {persisted, share, oldest_days, warning}; `warning` is "may_be_cleared", "nearly_full" or null.
export async function storageState() {
  const waiting = (await (await database()).getAll("outbox")).filter((row) => row.state !== "stored");
  const oldest = waiting.reduce((found, row) => Math.min(found, row.made_at), Date.now());
  const persisted = (await navigator.storage?.persisted?.()) ?? false;
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const share = quota ? usage / quota : 0;
  const at_risk = !persisted && waiting.length > 0 && Date.now() - oldest > AT_RISK_AFTER;
  const warning = share > FULL_FROM ? "nearly_full" : at_risk ? "may_be_cleared" : null;
  return { persisted, share, oldest_days: Math.floor((Date.now() - oldest) / DAY), warning };
}

// The phone's own number, made once: the supervisor's sheet shows when it last spoke to the server.
export async function deviceId() {
  const known = await getMeta("device");
  if (known) return known;
  const made = uuid();
  await setMeta("device", made);
  return made;
}
