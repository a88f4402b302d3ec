// Half-filled forms: locked by the vault for this sign-in, and sealed to the server, so that signing out loses none.
import { call } from "./net.js";
import { sealJson } from "./seal.js";
import { database, toBase64, uuid } from "./store.js";
import { lock, personId, unlock } from "./vault.js";

const KEPT_FOR = 90 * 24 * 3600 * 1000;
const lines = new Map();
const newest = new Map();
const KNOWN_NO_KEY = "no_seal_key";

// Writes of one draft follow each other, so that an older state never lands on a newer one.
function inLine(key, work) {
  const next = (lines.get(key) ?? Promise.resolve()).then(work, work);
  lines.set(key, next);
  return next;
}

async function place(key) {
  return `${await personId()}:${key}`;
}

// Keeps `value` (anything JSON) under `key`. The key should name form and household. Of values that come faster than they can
// be sealed only the newest is kept.
export function saveDraft(key, value) {
  newest.set(key, value);
  return inLine(key, async () => {
    if (!newest.has(key)) return true;
    const latest = newest.get(key);
    newest.delete(key);
    return write(key, latest);
  });
}

async function write(key, value) {
  const userId = await personId();
  if (userId === null) return false;
  const db = await database();
  const slot = await place(key);
  const id = (await db.get("drafts", slot))?.id ?? uuid();
  const sealed = await sealJson(value, { kind: "draft", userId, itemId: id }).catch((error) => {
    if (error.message === KNOWN_NO_KEY) return null;
    throw error;
  });
  const locked = await lock(value);
  if (!sealed && !locked) return false;
  await db.put("drafts", { ...locked, sealed, id, user_id: userId, at: Date.now() }, slot);
  return true;
}

// What was kept, or null. After signing in again the server opens it once.
export async function loadDraft(key) {
  return inLine(key, async () => {
    const db = await database();
    const slot = await place(key);
    const kept = await db.get("drafts", slot);
    if (!kept) return null;
    const known = await unlock(kept.box ? kept : null);
    if (known !== null || !kept.sealed) return known;
    const opened = await openSealed([{ id: kept.id, kind: "draft", sealed: kept.sealed }]);
    const value = opened.get(kept.id) ?? null;
    if (value !== null) await db.put("drafts", { ...kept, ...(await lock(value)) }, slot);
    return value;
  });
}

export function dropDraft(key) {
  newest.delete(key);
  return inLine(key, async () => (await database()).delete("drafts", await place(key)));
}

// When the draft was last kept, in milliseconds, or null; opens nothing.
export async function draftAt(key) {
  return (await (await database()).get("drafts", await place(key)))?.at ?? null;
}

// All writes that were begun have ended.
export async function draftsSettled() {
  await Promise.allSettled(lines.values());
}

// Item id -> what it holds, of those that are this person's; empty without network.
export async function openSealed(sealedItems) {
  const asked = sealedItems.map(({ id, kind, sealed }) => ({ id, kind, sealed: toBase64(sealed) }));
  try {
    const answers = await call("/api/v1/sealed/open/", { method: "POST", json: asked });
    return new Map(answers.filter((answer) => answer.body != null).map((answer) => [answer.id, answer.body]));
  } catch (error) {
    console.info("not opened:", error.message);
    return new Map();
  }
}

export async function forgetOldDrafts() {
  const db = await database();
  for (const slot of await db.getAllKeys("drafts")) {
    const draft = await db.get("drafts", slot);
    if (draft && Date.now() - draft.at > KEPT_FOR) await db.delete("drafts", slot);
  }
}
