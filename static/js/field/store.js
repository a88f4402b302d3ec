// The database on the phone, and the word that goes round the open tabs when it changed.
import { openDB } from "../../vendor/idb/index.js";

const NAME = "povertyops-field";
const STORES = ["meta", "keys", "kit", "outbox", "photos", "drafts"];
const channel = "BroadcastChannel" in self ? new BroadcastChannel(NAME) : null;
const listeners = new Set();
let opened = null;

// One connection a page; a newer version in another tab closes it, and the next call opens it again.
export function database() {
  opened ??= openDB(NAME, 1, {
    upgrade(db) {
      for (const name of STORES) if (!db.objectStoreNames.contains(name)) db.createObjectStore(name);
    },
    blocking(_now, _wanted, event) {
      event.target.close();
      opened = null;
    },
    terminated() {
      opened = null;
    },
  }).catch((error) => {
    opened = null;
    throw error;
  });
  return opened;
}

export async function getMeta(name) {
  return (await database()).get("meta", name);
}

export async function setMeta(name, value) {
  await (await database()).put("meta", value, name);
}

// Runs `work` alone among all tabs of this phone.
export function alone(name, work) {
  const lock = `${NAME}:${name}`;
  return navigator.locks ? navigator.locks.request(lock, work) : work();
}

// Calls `listener(what)` after a change in this or another tab; gives back a function that stops it.
export function onStore(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function tell(what) {
  for (const listener of listeners) listener(what);
  channel?.postMessage(what);
}

if (channel) {
  channel.onmessage = (message) => {
    for (const listener of listeners) listener(message.data);
  };
}

// Asks the browser not to clear this phone's storage by itself; at most once, most browsers decide without asking the person.
export async function askToStay() {
  if (!navigator.storage?.persist || (await navigator.storage.persisted())) return true;
  return navigator.storage.persist();
}

export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

export function fromBase64(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
