// <form data-draft="key">: what is typed survives a failed save, a reload and a closed tab, locked and sealed like everything a
// phone keeps. An element with data-draft-done="key" on any later page says that it was stored, and the copy goes.
import { ready } from "./field/app.js";
import { dropDraft, loadDraft, saveDraft } from "./field/drafts.js";

const OLD = "draft:";

function kept(field) {
  return field.name && !["hidden", "password", "file", "submit"].includes(field.type) && !field.closest("[data-draft-skip]");
}

function read(form) {
  const values = {};
  for (const field of form.elements) {
    if (!kept(field)) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      (values[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    } else if (field.tagName === "SELECT" && field.multiple) {
      values[field.name] = [...field.selectedOptions].map((option) => option.value);
    } else {
      values[field.name] = field.value;
    }
  }
  return values;
}

function stateOf(field) {
  if (field.type === "checkbox" || field.type === "radio") return String(field.checked);
  return field.multiple ? [...field.selectedOptions].map((option) => option.value).join() : field.value;
}

function unfold(field) {
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

function write(form, values) {
  for (const field of form.elements) {
    if (!kept(field) || !(field.name in values)) continue;
    const value = values[field.name];
    const before = stateOf(field);
    if (field.type === "checkbox" || field.type === "radio") field.checked = value.includes(field.value);
    else if (field.tagName === "SELECT" && field.multiple) {
      for (const option of field.options) option.selected = value.includes(option.value);
    } else field.value = value;
    if (stateOf(field) !== before) unfold(field);
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function sayKept(form, yes) {
  const sign = form.querySelector("[data-draft-sign]");
  if (sign) sign.hidden = !yes;
}

async function bind(form) {
  const key = form.dataset.draft;
  const first = JSON.stringify(read(form));
  const keep = () => saveDraft(key, read(form));
  const draft = await loadDraft(key);
  // A form that came back with errors already holds what was typed, and so does one touched while the draft was opened.
  if (draft && !form.querySelector("[data-focus]") && JSON.stringify(read(form)) === first) {
    write(form, draft);
    if (JSON.stringify(read(form)) !== first) sayKept(form, true);
  } else if (JSON.stringify(read(form)) !== first) keep();
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  addEventListener("field:leaving", (event) => {
    if (JSON.stringify(read(form)) !== first) event.detail.wait(keep());
  });
  form.querySelector("[data-draft-drop]")?.addEventListener("click", async () => {
    await dropDraft(key);
    location.reload();
  });
  form.dataset.draftReady = "yes";
}

// Drafts of an older release stood in plain text.
async function moveOld() {
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(OLD)) continue;
    const old = JSON.parse(localStorage.getItem(name));
    if (old?.values) await saveDraft(name.slice(OLD.length), old.values);
    localStorage.removeItem(name);
  }
}

await ready;
await moveOld();
for (const mark of document.querySelectorAll("[data-draft-done]")) {
  for (const key of mark.dataset.draftDone.split(" ")) await dropDraft(key);
}
for (const form of document.querySelectorAll("form[data-draft]")) bind(form);
