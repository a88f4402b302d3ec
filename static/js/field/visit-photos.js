// The photos of a visit: made small at once and kept beside the draft, each under its own key, until the visit is put away.
import { dropDraft, loadDraft, saveDraft } from "./drafts.js";
import { BadPhoto, drawThumb, shrink } from "./photo.js";
import { fromBase64, toBase64, uuid } from "./store.js";
import { MOST_PHOTOS } from "./visit-state.js";
import { draw, fill, put, say } from "./words.js";

const photoKey = (household, id) => `visit:${household}:photo:${id}`;

async function text(blob) {
  return toBase64(new Uint8Array(await blob.arrayBuffer()));
}

function jpeg(text64) {
  return new Blob([fromBase64(text64)], { type: "image/jpeg" });
}

/** Binds the part; `whereNow()` gives the place for a new photo. Gives {restore, forPut, forget}. */
export function bindPhotos(form, { state, whereNow, changed }) {
  const list = form.querySelector("[data-photos]");
  const faults = form.querySelector("[data-photo-faults]");
  const kept = new Map();

  function complain(code, name = "") {
    faults.append(fill(draw("fault"), { text: say(`photo-${code}`, { name }) }));
  }

  async function redraw() {
    const rows = state.photos.map(({ id }, place) => {
      const row = draw("photo");
      const canvas = row.querySelector("canvas");
      canvas.setAttribute("aria-label", say("photo-alt", { n: place + 1 }));
      fill(row, { remove: say("photo-remove", { n: place + 1 }) });
      row.querySelector("[data-remove]").addEventListener("click", () => drop(id));
      drawThumb(canvas, kept.get(id).thumb);
      return row;
    });
    put(list, rows);
    form.querySelector("[data-photo-count]").textContent = rows.length ? say("photo-count", { n: rows.length }) : "";
  }

  function drop(id) {
    state.photos = state.photos.filter((photo) => photo.id !== id);
    dropDraft(photoKey(state.household, id));
    kept.delete(id);
    redraw();
    changed();
  }

  async function take(file) {
    if (state.photos.length >= MOST_PHOTOS) return complain("too_many");
    const waiting = draw("photo-wait");
    list.append(waiting);
    try {
      const { blob, thumb } = await shrink(file);
      const photo = { id: uuid(), taken_at: new Date().toISOString(), ...whereNow() };
      // Shown once it is kept: what the person sees survives a killed tab.
      await saveDraft(photoKey(state.household, photo.id), { blob: await text(blob), thumb: await text(thumb) });
      kept.set(photo.id, { blob, thumb });
      state.photos.push(photo);
      changed();
    } catch (error) {
      if (!(error instanceof BadPhoto)) throw error;
      complain(error.code, file.name);
    } finally {
      waiting.remove();
    }
    return null;
  }

  for (const input of form.querySelectorAll("[data-camera], [data-gallery]")) {
    input.addEventListener("change", async () => {
      faults.replaceChildren();
      for (const file of [...input.files]) await take(file);
      input.value = "";
      await redraw();
    });
  }

  return {
    async restore() {
      for (const { id } of state.photos) {
        const saved = kept.has(id) ? null : await loadDraft(photoKey(state.household, id));
        if (saved) kept.set(id, { blob: jpeg(saved.blob), thumb: jpeg(saved.thumb) });
      }
      state.photos = state.photos.filter(({ id }) => kept.has(id));
      await redraw();
    },
    forPut: () => state.photos.map((photo) => ({ ...photo, ...kept.get(photo.id) })),
    forget: () => Promise.all(state.photos.map(({ id }) => dropDraft(photoKey(state.household, id)))),
  };
}
