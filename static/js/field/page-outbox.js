// รายการรอส่ง: what needs the person first, what waits, what others left on this phone, what was stored.
import { ready } from "./app.js";
import { moment, stateChip } from "./parts.js";
import { timeOf } from "./rules.js";
import { acknowledge, exportFile, items, onChange, remove } from "./outbox.js";
import { onStore } from "./store.js";
import { syncNow, syncState } from "./sync.js";
import { openVault } from "./vault.js";
import { draw, fill, has, put, say } from "./words.js";

const place = (name) => document.querySelector(`[data-${name}]`);
// Two draws that overlap would show the older one last.
let drawing = 0;

async function show() {
  const turn = ++drawing;
  const [all, vault, sent] = [await items(), await openVault(), await syncState()];
  if (turn !== drawing) return;
  const groups = {
    needs: all.filter((item) => item.mine && item.state === "needs_you"),
    waiting: all.filter((item) => (vault ? item.mine && item.state !== "needs_you" : true) && item.state !== "stored"),
    others: all.filter((item) => vault && !item.mine && item.state !== "stored"),
    stored: all.filter((item) => item.mine && item.state === "stored"),
  };
  lead(groups, vault);
  const open = ["needs", "waiting", "others"].filter((name) => groups[name].length).map((name) => list(name, groups[name], vault));
  const empty = open.length ? null : draw("empty");
  put(place("lists"), empty, open, groups.stored.length ? stored(groups.stored, vault) : null);
  place("send").hidden = groups.waiting.length === 0 || !vault;
  place("file").hidden = groups.waiting.length + groups.needs.length === 0 || !vault;
  sayHow(sent);
  document.documentElement.dataset.shown = "yes";
}

function lead({ needs, waiting }, vault) {
  const n = needs.length + waiting.length;
  const word = !n ? "lead-empty" : !vault ? "lead-signed-out" : needs.length ? "lead-needs" : "lead-waiting";
  place("lead").textContent = say(word, { n, stuck: needs.length });
}

function sayHow({ state, at }) {
  place("said").textContent = has(`said-${state}`) ? say(`said-${state}`, { time: timeOf(new Date(at)) }) : "";
}

function list(name, rows, vault) {
  const section = fill(draw("list"), { label: say(`group-${name}`), count: rows.length });
  const title = section.querySelector("h2");
  title.id = `group-${name}`;
  section.setAttribute("aria-labelledby", title.id);
  section.querySelector("ul").append(...rows.map((item) => card(item, vault)));
  return section;
}

function stored(rows, vault) {
  const fold = fill(draw("stored"), { note: say("count-items", { n: rows.length }) });
  fold.open = place("lists").querySelector("details")?.open ?? false;
  fold.querySelector("ul").append(...rows.map((item) => card(item, vault)));
  return fold;
}

function card(item, vault) {
  const shown = draw("item");
  shown.dataset.item = item.id;
  // Only its own person can be asked to look at an item.
  stateChip(shown.querySelector("[data-state]"), item.mine ? item : { ...item, state: "waiting", is_stored: false });
  const kind = say(`kind-${item.kind}`);
  fill(shown, {
    name: item.label?.name ?? kind,
    place: item.label?.name ? [kind, item.label.place].filter(Boolean).join(" · ") : null,
    when: say("kept-at", { when: moment(item.made_at) }),
    days: item.state === "stored" || item.days < 1 ? null : say("waited", { days: item.days }),
    note: note(item, vault),
  });
  if (item.mine && item.state === "needs_you") needs(shown, item);
  return shown;
}

function note(item, vault) {
  if (!item.mine) return vault ? say("whose-other") : null;
  if (item.note && has(`note-${item.note}`)) return say(`note-${item.note}`);
  if (item.photos.total && item.state !== "stored") return say("photos-sent", item.photos);
  return null;
}

function needs(shown, item) {
  shown.classList.add("outbox-item--bad");
  shown.querySelector("[data-reason]").hidden = false;
  fill(shown, { reason: item.reason?.message || say("reason-unknown") });
  shown.querySelector("[data-fields]").append(...sentences(item.reason?.fields).map(line));
  shown.querySelector("[data-acts]").hidden = false;
  const mendable = !item.is_accepted && item.body?.household;
  const mend = shown.querySelector("[data-mend]");
  if (mendable) mend.href = `/households/${item.body.household}/${item.kind === "facts" ? "facts" : "visit"}/?mend=${item.id}`;
  else mend.remove();
  const read = shown.querySelector("[data-read]");
  read.hidden = !item.is_accepted;
  read.addEventListener("click", () => acknowledge(item.id));
  shown.querySelector("[data-item-file]").addEventListener("click", () => save(item.id));
  const drop = shown.querySelector("[data-drop]");
  if (item.is_accepted) drop.remove();
  else drop.addEventListener("click", () => ask(item, shown));
}

// The server's sentences, however deep they stand; codes for programs are left out.
function sentences(fields) {
  if (typeof fields === "string") return /[\u0e00-\u0e7f]/.test(fields) ? [fields] : [];
  if (fields && typeof fields === "object") return [...new Set(Object.values(fields).flatMap(sentences))];
  return [];
}

function line(sentence) {
  const made = document.createElement("li");
  made.textContent = sentence;
  return made;
}

function ask(item, shown) {
  const dialog = fill(draw("drop"), { name: shown.querySelector("[data-slot=name]").textContent });
  document.body.append(dialog);
  dialog.addEventListener("close", async () => {
    dialog.remove();
    if (dialog.returnValue === "drop") await remove(item.id);
  });
  dialog.showModal();
}

async function save(id = null) {
  const { blob, name, count } = await exportFile(id);
  place("file-said").textContent = count ? say("file-made", { n: count, name }) : say("file-none");
  if (!count) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function send() {
  place("said").textContent = say("said-sending");
  const button = place("send-now");
  button.disabled = true;
  try {
    const { state } = await syncNow({ force: true });
    if (state === "busy") place("said").textContent = say("said-busy");
  } finally {
    button.disabled = false;
  }
}

await ready;
await show();
onChange(show);
onStore((what) => (what === "sync" || what === "vault") && show());
place("send-now").addEventListener("click", send);
place("save-file").addEventListener("click", () => save());
