// The helps of a visit: what is offered first and why, promises to deliver, one card for each help chosen.
import { promisesOf } from "./rules.js";
import { freshHelp, keptPromise, MOST_HELPS } from "./visit-state.js";
import { baht, draw, fill, say, shortDay } from "./words.js";

const OFFERED = 4;

/** Binds the part to the state; `changed()` is called after every tap. Gives a function that draws it anew. */
export function bindHelps(form, { state, household, common, changed }) {
  const menu = new Map(common.menu.map((item) => [item.id, item]));
  const last = (household.helps ?? [])[0];
  const lines = form.querySelector("[data-helps]");
  const offers = form.querySelector("[data-offers]");
  const other = form.querySelector("[data-other]");
  const promises = promisesOf(household);

  const chosen = (item) => state.helps.find((help) => help.item === item && !help.fulfils);

  function add(item) {
    if (state.helps.length >= MOST_HELPS || !menu.has(item)) return;
    state.helps.push(freshHelp(menu.get(item), last));
    redraw();
    changed();
  }

  function drop(help) {
    state.helps = state.helps.filter((each) => each !== help);
    redraw();
    changed();
  }

  function offer({ id, why }) {
    const row = draw("offer");
    const button = row.firstElementChild;
    const help = chosen(id);
    fill(row, { name: menu.get(id).name, why });
    button.setAttribute("aria-pressed", String(Boolean(help)));
    button.addEventListener("click", () => (help ? drop(help) : add(id)));
    return row;
  }

  function promise(kept) {
    const choice = draw("promise");
    const box = choice.querySelector("input");
    const agency = kept.agency ? ` · ${kept.agency}` : "";
    fill(choice, { name: nameOf(kept.item), note: `${say("promise-note", { day: shortDay(kept.given_on) })}${agency}` });
    box.checked = state.helps.some((help) => help.fulfils === kept.id);
    box.addEventListener("change", () => {
      if (box.checked) state.helps.push(keptPromise(kept));
      else state.helps = state.helps.filter((help) => help.fulfils !== kept.id);
      redraw();
      changed();
    });
    return choice;
  }

  const nameOf = (item) => menu.get(item)?.name ?? promises.find((each) => each.item === item)?.item_name ?? "";

  function line(help) {
    const row = draw("help-line");
    row.dataset.field = `helps:${help.id}`;
    fill(row, { name: nameOf(help.item) });
    row.querySelector("[data-remove]").addEventListener("click", () => drop(help));
    const status = row.querySelector("[data-status]");
    status.hidden = Boolean(help.fulfils);
    status.setAttribute("aria-label", nameOf(help.item));
    for (const radio of status.querySelectorAll("input")) {
      radio.name = `status-${help.id}`;
      radio.checked = radio.value === help.status;
      radio.addEventListener("change", () => {
        help.status = radio.value;
        changed();
      });
    }
    for (const name of ["agency", "amount", "detail"]) keep(row, name, help);
    if (help.detail) row.querySelector("details").open = true;
    return row;
  }

  function keep(row, name, help) {
    const input = row.querySelector(`[data-part-${name}]`);
    input.id = `${name}-${help.id}`;
    row.querySelector(`[data-for=${name}]`).htmlFor = input.id;
    input.value = help[name];
    input.addEventListener("input", () => {
      help[name] = input.value;
      changed();
    });
  }

  function offered() {
    const found = [];
    if (last && menu.has(last.item)) {
      const told = [say("why-last"), last.agency, last.baht ? baht(last.baht) : ""];
      found.push({ id: last.item, why: told.filter(Boolean).join(" · ") });
    }
    for (const { item, why } of household.suggested ?? []) {
      const known = found.some((each) => each.id === item) || promises.some((each) => each.item === item);
      if (found.length < OFFERED && menu.has(item) && !known) found.push({ id: item, why });
    }
    return found;
  }

  function redraw() {
    offers.replaceChildren(...offered().map(offer));
    lines.replaceChildren(...state.helps.map(line));
    const part = form.querySelector("[data-promises]");
    part.hidden = promises.length === 0;
    part.querySelector("[data-promise-list]").replaceChildren(...promises.map(promise));
  }

  fillOther(other, common.menu, household);
  other.addEventListener("change", () => {
    if (other.value) add(other.value);
    other.value = "";
  });
  redraw();
  return redraw;
}

// What the household fails in stands first.
function fillOther(select, menu, household) {
  const failing = (item) => ((household.baseline | household.additional) & ~household.recovered & bitOf(item.dimension) ? 0 : 1);
  const groups = new Map();
  for (const item of [...menu].sort((one, other) => failing(one) - failing(other))) {
    if (!groups.has(item.dimension)) {
      const group = document.createElement("optgroup");
      group.label = say(`dimension-${item.dimension}`);
      groups.set(item.dimension, group);
      select.append(group);
    }
    groups.get(item.dimension).append(new Option(item.name, item.id));
  }
}

const BITS = { health: 1, living: 2, education: 4, income: 8, access: 16 };
const bitOf = (dimension) => BITS[dimension] ?? 0;

/** The agencies to offer while one is typed. */
export function agencyList(names) {
  const list = document.createElement("datalist");
  list.id = "agencies";
  list.append(...names.map((name) => new Option(name)));
  return list;
}
