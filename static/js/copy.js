// [data-copy]: a text and the button that copies it. Where the clipboard is closed, the text is selected instead.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-do]");
  if (!button) return;
  const part = button.closest("[data-copy]");
  const text = part.querySelector("[data-copy-text]");
  const said = part.querySelector("[data-copy-said]");
  text.focus();
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
    said.textContent = said.dataset.done;
  } catch {
    said.textContent = said.dataset.byHand;
  }
});
