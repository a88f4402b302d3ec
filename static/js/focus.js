// A form that came back: stand at the list of what to mend, so that a screen reader reads it first.
document.querySelector("[data-focus]:not([data-still] *)")?.focus();

// A fragment that was refused is still shown: the server's sentence is in it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { status } = event.detail.xhr;
  if (status >= 400 && status < 500) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// <button data-print> opens the browser's print; it shows only where scripts run.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
