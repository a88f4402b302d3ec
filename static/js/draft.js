// <form data-draft="key">: what is typed survives a failed save, a reload and a closed tab.
// An element with data-draft-done="key" on any later page says that it was stored, and the copy goes.
const PREFIX = "draft:";
const KEPT_FOR = 14 * 24 * 3600 * 1000;

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

function load(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + key));
    return draft && Date.now() - draft.at < KEPT_FOR ? draft : null;
  } catch {
    return null;
  }
}

function save(key, values, at = Date.now()) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify({ at, values }));
    return true;
  } catch {
    return false;
  }
}

function sayKept(form, yes) {
  const sign = form.querySelector("[data-draft-sign]");
  if (sign) sign.hidden = !yes;
}

function bind(form) {
  const key = form.dataset.draft;
  const draft = load(key);
  const first = JSON.stringify(read(form));
  // A form that came back with errors already holds what was typed.
  if (draft && !form.querySelector("[data-focus]")) {
    write(form, draft.values);
    if (JSON.stringify(read(form)) !== first) sayKept(form, true);
  }
  let waiting = 0;
  const keep = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => save(key, read(form)), 250);
  };
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  addEventListener("pagehide", () => {
    if (JSON.stringify(read(form)) !== first && !form.dataset.draftDropped) save(key, read(form));
  });
  form.querySelector("[data-draft-drop]")?.addEventListener("click", () => {
    clearTimeout(waiting);
    localStorage.removeItem(PREFIX + key);
    form.dataset.draftDropped = "yes";
    location.reload();
  });
}

for (const mark of document.querySelectorAll("[data-draft-done]")) {
  for (const key of mark.dataset.draftDone.split(" ")) localStorage.removeItem(PREFIX + key);
}
for (const form of document.querySelectorAll("form[data-draft]")) bind(form);
for (const key of Object.keys(localStorage)) {
  if (key.startsWith(PREFIX) && !load(key.slice(PREFIX.length))) localStorage.removeItem(key);
}
