// The key of this sign-in: AES-256-GCM that never leaves the browser, bound to one person and appointment. It is dropped at
// sign-out, when the appointment is over, when another person signs in, and after 14 days without sign-in.
import { alone, database, getMeta, onStore, setMeta, tell } from "./store.js";

const KEPT_FOR = 14 * 24 * 3600 * 1000;
const MARKS = "field-marks";
const MARK = "/field/marks";
let held = null;

// Another tab dropped or changed it.
onStore((what) => {
  if (what === "vault") held = null;
});

// Until when the key may live: 14 days after the server last knew the person, at most the appointment's last day.
export function lastsUntil({ seen_at, valid_to }) {
  const over = valid_to ? Date.parse(`${valid_to}T23:59:59.999+07:00`) : Infinity;
  return Math.min(seen_at + KEPT_FOR, over);
}

// {key, user_id, appointment_id, role, valid_to, seen_at}, or null when nobody's key is here (any more).
export async function openVault() {
  const vault = await (await database()).get("keys", "vault");
  if (vault && Date.now() > lastsUntil(vault)) {
    await dropVault();
    return null;
  }
  held = vault ?? null;
  return held;
}

// The server knows this person now. Another person's or appointment's key and kit go; unsent items stay sealed.
export function enter({ user_id, appointment_id, role, valid_to }) {
  return alone("vault", async () => {
    const before = await openVault();
    const same = before && before.user_id === user_id && before.appointment_id === appointment_id;
    if (before && !same) await dropVault();
    const key = same ? before.key : await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const vault = { key, user_id, appointment_id, role: role ?? before?.role ?? "", valid_to: valid_to || null, seen_at: Date.now() };
    await (await database()).put("keys", vault, "vault");
    await setMeta("person", { user_id });
    held = vault;
    await mark();
    return vault;
  });
}

// What is kept locked: {iv, box}. Null when no key is here.
export async function lock(value) {
  const vault = held ?? (await openVault());
  if (!vault) return null;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  return { iv, box: new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, vault.key, plain)) };
}

// The value again; null when the key it was locked with is gone.
export async function unlock(locked) {
  const vault = locked && (held ?? (await openVault()));
  if (!vault) return null;
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: locked.iv }, vault.key, locked.box);
    return JSON.parse(new TextDecoder().decode(plain));
  } catch (error) {
    if (error.name === "OperationError") return null;
    throw error;
  }
}

// Who uses this phone: the vault's person, else the last one the server knew.
export async function personId() {
  return (held ?? (await openVault()))?.user_id ?? (await getMeta("person"))?.user_id ?? null;
}

// Key, kit and markers go. What waits in the outbox and in drafts is sealed and stays.
export async function dropVault() {
  held = null;
  const db = await database();
  const work = db.transaction(["keys", "kit", "meta"], "readwrite");
  await Promise.all([work.objectStore("keys").clear(), work.objectStore("kit").clear(), work.objectStore("meta").delete("kit"), work.done]);
  await caches.delete(MARKS);
  tell("vault");
}

// The service worker reads from this mark which pages open from the phone, and until when.
export async function mark() {
  const vault = await openVault();
  if (!vault) return;
  const field = ["mentor", "team_member", "team_leader"].includes(vault.role);
  const told = { field, kit: Boolean(await getMeta("kit")), until: lastsUntil(vault) };
  const cache = await caches.open(MARKS);
  await cache.put(MARK, new Response(JSON.stringify(told), { headers: { "Content-Type": "application/json" } }));
}
