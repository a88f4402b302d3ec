// [data-pick="<id of a select>"]: choose a suggested item; what the menu says of it fills only what is still empty.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick]");
  if (!button) return;
  const select = document.getElementById(button.dataset.pick);
  put(select, button.dataset.pickValue);
  const prefix = select.name.slice(0, -"item".length);
  fill(select.form.elements[`${prefix}agency_name`], button.dataset.pickAgency);
  fill(select.form.elements[`${prefix}amount_baht`], button.dataset.pickBaht);
  select.focus();
});

function fill(field, value) {
  if (field && value && !field.value) put(field, value);
}

function put(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}
