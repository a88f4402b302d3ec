// <details data-keep-open="key">: open stays open on this device until closed.
for (const fold of document.querySelectorAll("details[data-keep-open]")) {
  const slot = `open:${fold.dataset.keepOpen}`;
  if (sessionStorage.getItem(slot) === "yes") fold.open = true;
  fold.addEventListener("toggle", () => {
    if (fold.open) sessionStorage.setItem(slot, "yes");
    else sessionStorage.removeItem(slot);
  });
}
