// <input type="hidden" data-client-uuid>: one UUID per form, kept beside its draft, so that sending twice stores one record.
// A form sent before its UUID was found waits for it.
import { ready } from "./field/app.js";
import { dropDraft, loadDraft, saveDraft } from "./field/drafts.js";
import { uuid } from "./field/store.js";

const OLD = "uuid:";

// A phone that keeps nothing (no storage) still sends each form under one UUID.
function giveFresh(inputs, error) {
  console.error(error);
  for (const input of inputs) input.value ||= uuid();
}

// The UUIDs of one form, by the names of their inputs.
async function give(form, inputs) {
  const slot = form?.dataset.draft ? `uuid:${form.dataset.draft}` : null;
  const known = (slot && (await loadDraft(slot))) || {};
  for (const input of inputs) input.value ||= known[input.name] ?? uuid();
  if (slot) await saveDraft(slot, { ...known, ...Object.fromEntries(inputs.map((input) => [input.name, input.value])) });
}

function hold(form, given) {
  const wait = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    given.then(() => form.requestSubmit(event.submitter));
  };
  form.addEventListener("submit", wait, { capture: true });
  given.then(() => form.removeEventListener("submit", wait, { capture: true }));
}

async function clear() {
  await ready;
  for (const mark of document.querySelectorAll("[data-draft-done]")) {
    for (const key of mark.dataset.draftDone.split(" ")) await dropDraft(`uuid:${key}`);
  }
  for (const name of Object.keys(localStorage)) if (name.startsWith(OLD)) localStorage.removeItem(name);
}

const cleared = clear();
const inputs = [...document.querySelectorAll("input[data-client-uuid]")];
for (const form of new Set(inputs.map((input) => input.form))) {
  const own = inputs.filter((input) => input.form === form);
  const given = cleared.then(() => give(form, own)).catch((error) => giveFresh(own, error));
  if (form) hold(form, given);
}
