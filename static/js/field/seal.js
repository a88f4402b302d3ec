// Seals for the server alone: HPKE (RFC 9180), base mode, P-256, HKDF-SHA256, AES-256-GCM. Twin: povertyops/common/sealing.py.
import { fromBase64, getMeta } from "./store.js";

const P256 = { name: "ECDH", namedCurve: "P-256" };
const MARK = text("POS1");
const KEM = join(text("KEM"), [0x00, 0x10]);
const SUITE = join(text("HPKE"), [0x00, 0x10, 0x00, 0x01, 0x00, 0x02]);
const NONE = new Uint8Array();

function text(words) {
  return new TextEncoder().encode(words);
}

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function hmac(key, data) {
  // An empty key and a block of zeros are the same key to HMAC, but WebCrypto takes only the second.
  const bytes = key.length ? key : new Uint8Array(32);
  const made = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", made, data));
}

function extract(suite, salt, label, material) {
  return hmac(salt, join(text("HPKE-v1"), suite, text(label), material));
}

// At most 32 bytes are ever asked for, so one block of HKDF is enough.
async function expand(suite, secret, label, info, length) {
  const asked = join([0, length], text("HPKE-v1"), suite, text(label), info, [1]);
  return (await hmac(secret, asked)).slice(0, length);
}

// {secret, enc}: the shared secret, and the public half of `pair` that leads the server to it.
export async function encapsulate(point, pair) {
  const theirs = await crypto.subtle.importKey("raw", point, P256, false, []);
  const ours = pair ?? (await crypto.subtle.generateKey(P256, false, ["deriveBits"]));
  const enc = new Uint8Array(await crypto.subtle.exportKey("raw", ours.publicKey));
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256));
  const first = await extract(KEM, NONE, "eae_prk", shared);
  return { secret: await expand(KEM, first, "shared_secret", join(enc, point), 32), enc };
}

async function schedule(shared, info) {
  const psk = await extract(SUITE, NONE, "psk_id_hash", NONE);
  const context = join([0], psk, await extract(SUITE, NONE, "info_hash", info));
  const secret = await extract(SUITE, shared, "secret", NONE);
  const key = await expand(SUITE, secret, "key", context, 32);
  return { key, nonce: await expand(SUITE, secret, "base_nonce", context, 12) };
}

// HPKE's single-shot message: the encapsulated key (65 bytes), then the ciphertext.
export async function encrypt(bytes, point, info) {
  const { secret, enc } = await encapsulate(point);
  const { key, nonce } = await schedule(secret, info);
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  return join(enc, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, aes, bytes)));
}

// Bytes that only the server opens, and only for this person under this id. `kind`: visit, facts, photo or draft.
export async function seal(bytes, { kind, userId, itemId }) {
  const known = await getMeta("seal");
  if (!known) throw new Error("no_seal_key");
  const name = text(known.key_id);
  const info = text(`povertyops:${kind}:${userId}:${itemId}`);
  return join(MARK, [name.length], name, await encrypt(bytes, fromBase64(known.public), info));
}

export async function sealJson(value, binding) {
  return seal(text(JSON.stringify(value)), binding);
}
