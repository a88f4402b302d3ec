// On every page: the service worker, whose phone this is, its language, the pill with what waits, signing out, and the notices.
import { draftsSettled, forgetOldDrafts } from "./drafts.js";
import { keptOwner, rememberServer } from "./kit.js";
import { onChange, storageState, waitingCount } from "./outbox.js";
import { getMeta, onStore, setMeta, tell } from "./store.js";
import { keepSending, syncNow, syncState } from "./sync.js";
import { dropVault, enter, openVault } from "./vault.js";

let leaving = false;
const IN_APP = { line: / Line\//, facebook: /FBAN|FBAV|FB_IAB/, messenger: /MessengerForiOS|Orca-Android/, instagram: /Instagram/ };

// "line", "facebook", ... where the page was opened inside another app; null in a browser.
export function inApp(agent = navigator.userAgent) {
  return Object.keys(IN_APP).find((name) => IN_APP[name].test(agent)) ?? null;
}

// The address that makes LINE hand the page to the phone's own browser.
export function outsideUrl(url = location.href) {
  const found = new URL(url);
  found.searchParams.set("openExternalBrowser", "1");
  return found.href;
}

// Whom the server rendered this page for: {user_id, appointment_id, role, valid_to, seal}, or null (a shell, or signed out).
function personOfPage() {
  const told = document.querySelector('meta[name="field-person"]')?.content;
  return told ? JSON.parse(told) : null;
}

export function isShell() {
  return document.documentElement.hasAttribute("data-shell");
}

async function register() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
  } catch (error) {
    console.info("no service worker:", error.message);
  }
}

// ------------------------------------------------------------------------------------------------------- signing out

// What is being typed is kept first: pages that listen to "field:leaving" hand their promises to event.detail.wait.
async function settle() {
  const waits = [];
  dispatchEvent(new CustomEvent("field:leaving", { detail: { wait: (promise) => waits.push(promise) } }));
  await Promise.allSettled(waits);
  await draftsSettled();
}

// A page kept by the phone was drawn for nobody, so its forms hold no token.
function fillToken(form) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]");
  if (token && !token.value) token.value = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

async function signOut(form) {
  leaving = true;
  await settle();
  await dropVault();
  tell("signed-out");
  if (navigator.onLine) {
    fillToken(form);
    form.submit();
    return;
  }
  // The session is ended as soon as there is a network again.
  await setMeta("leaving", true);
  location.assign("/outbox/");
}

// ----------------------------------------------------------------------------------------------------------- language

// In which language the service worker opens the pages that the phone keeps: that of the last page the server drew.
async function noteLanguage(code) {
  if (!("caches" in window)) return;
  const cache = await caches.open("field-notes");
  await cache.put("/field/notes/language", new Response(JSON.stringify({ code })));
}

// Without network the pages of the phone change at once; the server hears of it at the next switch.
async function switchLanguage(form, button) {
  leaving = true;
  await settle();
  await noteLanguage(button.value);
  if (!navigator.onLine) return location.reload();
  fillToken(form);
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
  form.submit();
}

function wireLanguage() {
  addEventListener("submit", (event) => {
    if (!event.target.matches?.("[data-language]")) return;
    event.preventDefault();
    switchLanguage(event.target, event.submitter ?? event.target.querySelector("button"));
  });
}

// Another tab signed out: what this one shows must not stay on the screen.
async function follow() {
  if (leaving) return;
  leaving = true;
  await settle();
  location.assign("/outbox/");
}

// Signed out without network: the session ends first of all when there is one again.
async function finishLeaving() {
  if (!(await getMeta("leaving")) || !navigator.onLine) return;
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
  try {
    const answer = await fetch("/sign-out/", { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual", credentials: "same-origin" });
    if (answer.type !== "opaqueredirect" && !answer.ok && answer.status !== 403) return;
  } catch (error) {
    console.info("not signed out yet:", error.message);
    return;
  }
  await setMeta("leaving", false);
  if (personOfPage()) location.assign("/sign-in/");
}

function wireSignOut() {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || new URL(form.action).pathname !== "/sign-out/") return;
    event.preventDefault();
    signOut(form);
  });
}

// ---------------------------------------------------------------------------------------------------- pill and notices

async function drawPill() {
  const waiting = await waitingCount();
  for (const pill of document.querySelectorAll("[data-outbox-pill]")) {
    pill.querySelector("[data-outbox-count]").textContent = String(waiting);
    pill.toggleAttribute("data-waits", waiting > 0);
    pill.hidden = false;
  }
}

// In the header of a shell: whose phone this is.
async function drawWho() {
  const who = document.querySelector("[data-who]");
  if (!who) return;
  who.hidden = !(await openVault());
  const owner = who.hidden ? null : await keptOwner();
  who.querySelector("[data-who-facts]").hidden = !owner;
  who.querySelector("[data-who-name]").textContent = owner?.name ?? "";
  who.querySelector("[data-who-centre]").textContent = owner ? `${owner.role_label} · ${owner.centre}` : "";
}

function show(name, yes) {
  for (const notice of document.querySelectorAll(`[data-field-notice="${name}"]`)) notice.hidden = !yes;
}

async function drawNotices() {
  const app = inApp();
  show("in-app-line", app === "line");
  show("in-app", Boolean(app) && app !== "line");
  for (const link of document.querySelectorAll("[data-open-outside]")) link.href = outsideUrl();
  const waiting = await waitingCount();
  show("sign-in", (await syncState()).state === "signed_out" && waiting > 0);
  const { warning } = await storageState();
  show("may-be-cleared", warning === "may_be_cleared");
  show("nearly-full", warning === "nearly_full");
  show("offline", !navigator.onLine);
}

function draw() {
  drawPill();
  drawNotices();
}

async function start() {
  register();
  wireSignOut();
  wireLanguage();
  if (!isShell()) await noteLanguage(document.documentElement.lang);
  addEventListener("online", finishLeaving);
  await finishLeaving();
  const person = personOfPage();
  if (person) {
    await rememberServer(person);
    await enter(person);
  } else {
    await openVault();
  }
  drawWho();
  onStore((what) => (what === "kit" || what === "vault") && drawWho());
  onStore((what) => what === "signed-out" && follow());
  if (document.querySelector("[data-outbox-pill], [data-field-notice]")) {
    draw();
    onChange(draw);
    onStore((what) => what === "sync" && draw());
    addEventListener("online", draw);
    addEventListener("offline", draw);
  }
  if (isShell() || ["mentor", "team_member", "team_leader"].includes(person?.role)) keepSending();
  forgetOldDrafts().catch((error) => console.error(error));
}

// Resolves once the page's person is known to the vault; scripts of pages wait for it before they read or keep anything.
export const ready = start();
export { syncNow };
