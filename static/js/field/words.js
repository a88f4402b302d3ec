// The words of a shell stand in its <template data-words>: here they are found, filled and put into the page.
const NUMBER = new Intl.NumberFormat("en");
const words = new Map();

for (const sheet of document.querySelectorAll("template[data-words]")) {
  for (const word of sheet.content.querySelectorAll("[data-word]")) words.set(word.dataset.word, word.textContent.trim());
}

/** The sentence of this name with its {places} filled. */
export function say(name, values = {}) {
  return (words.get(name) ?? "").replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");
}

export function has(name) {
  return words.has(name);
}

/** YYYY-MM-DD with the short month and the year of the Buddhist era. */
export function shortDay(day) {
  if (!day) return "";
  const [year, month, date] = day.slice(0, 10).split("-").map(Number);
  return say("a-day", { day: date, month: say(`month-${month}`), year: year + 543 });
}

/** YYYY-MM-DD with the month in full. */
export function longDay(day) {
  const [year, month, date] = day.split("-").map(Number);
  return say("a-day", { day: date, month: say(`long-month-${month}`), year: year + 543 });
}

/** YYYY-MM-DD as it is typed: 21/11/2569. */
export function typedDay(day) {
  if (!day) return "";
  const [year, month, date] = day.split("-");
  return `${date}/${month}/${Number(year) + 543}`;
}

const DIGITS = "\u0e50\u0e51\u0e52\u0e53\u0e54\u0e55\u0e56\u0e57\u0e58\u0e59";

export function arabic(text) {
  return text.replace(/[\u0e50-\u0e59]/g, (digit) => DIGITS.indexOf(digit));
}

/** What a person typed as a day, as YYYY-MM-DD; null when no calendar has it. Years below 2400 are of the common era. */
export function readDay(text) {
  const found = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/.exec(arabic(text.trim()));
  if (!found) return null;
  const [date, month, typed] = found.slice(1).map(Number);
  const year = typed > 2400 ? typed - 543 : typed;
  const day = new Date(Date.UTC(year, month - 1, date));
  return day.getUTCMonth() === month - 1 && day.getUTCDate() === date ? day.toISOString().slice(0, 10) : null;
}

/** What a person typed as baht, as a plain number in text; "" for nothing, null when it is none. */
export function readBaht(text) {
  const plain = arabic(text).replace(/[,\s]/g, "");
  if (!plain) return "";
  return /^\d{1,10}(\.\d{1,2})?$/.test(plain) ? plain : null;
}

export function number(value) {
  return NUMBER.format(value);
}

export function baht(value) {
  return say("baht", { n: number(Number(value)) });
}

/** A copy of the template of this name: its one element. */
export function draw(name) {
  const sheet = document.querySelector(`template[data-part="${name}"]`);
  return document.importNode(sheet.content, true).firstElementChild;
}

function each(root, attribute) {
  const found = [...root.querySelectorAll(`[${attribute}]`)];
  return root.hasAttribute?.(attribute) ? [root, ...found] : found;
}

/** Put values into the marked places: data-slot takes text, data-to an address, data-if shows or hides. Places without a value stay as they are. */
export function fill(root, values) {
  for (const place of each(root, "data-slot")) {
    const value = values[place.dataset.slot];
    if (value === undefined) continue;
    place.textContent = value ?? "";
    if (!place.hasAttribute("data-if")) place.hidden = value === null || value === "";
  }
  for (const place of each(root, "data-to")) {
    const value = values[place.dataset.to];
    if (value !== undefined) place.setAttribute("href", value ?? "");
  }
  for (const place of each(root, "data-if")) {
    const value = values[place.dataset.if];
    if (value !== undefined) place.hidden = !value;
  }
  return root;
}

/** Swap the children of a place. */
export function put(place, ...children) {
  place.replaceChildren(...children.flat().filter(Boolean));
  return place;
}
