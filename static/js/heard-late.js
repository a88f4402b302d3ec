// A choice made before the scripts were there, on a slow line or brought back by the browser, is told to htmx
// once it listens: what hangs on the choice is fetched as if it had been made now.
document.addEventListener("DOMContentLoaded", () => {
  for (const listener of document.querySelectorAll('[hx-trigger^="change"]')) {
    if ([...(listener.elements ?? [listener])].some(isChanged)) htmx.trigger(listener, "change");
  }
});

function isChanged(field) {
  if (field instanceof HTMLSelectElement) return field.value !== valueAtFirst(field);
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  return "defaultValue" in field && field.value !== field.defaultValue;
}

function valueAtFirst(select) {
  const options = [...select.options];
  return (options.find((option) => option.defaultSelected) ?? options[0])?.value ?? "";
}
