// Keeps a form as its draft at every tap and letter: one write at a time, the newest always last. <html data-kept> says
// whether everything is written.
import { dropDraft, saveDraft } from "./drafts.js";

/** `read()` gives what to keep. Gives {changed, settled, drop}; after `drop()` nothing is kept any more. */
export function keeper(key, read) {
  let running = null;
  let again = false;
  let over = false;

  async function write() {
    do {
      again = false;
      await saveDraft(key, read());
    } while (again && !over);
    running = null;
    document.documentElement.dataset.kept = "yes";
  }

  function changed() {
    if (over) return;
    document.documentElement.dataset.kept = "no";
    if (running) again = true;
    else running = write();
  }

  addEventListener("field:leaving", (event) => running && event.detail.wait(running));
  return {
    changed,
    settled: () => running ?? Promise.resolve(),
    async drop() {
      over = true;
      await running;
      await dropDraft(key);
    },
  };
}
