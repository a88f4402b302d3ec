// The end of an assessment: what changed, by dimension, and what the family itself wants to work on first.
import { byDimension, changeOf, giveReason, standingOf, tally, toggleWish, wishable } from "./assess-state.js";
import { draw, fill, put, say } from "./words.js";

const find = (name) => document.querySelector(`[data-${name}]`);

export function drawSummary(page, change) {
  const { state, set } = page;
  const count = tally(state);
  const open = count.none ? ` · ${say("tally-open", { n: count.none })}` : "";
  find("tally").textContent = say("tally", count) + open;
  put(find("dimensions"), byDimension(state, set).map(([dimension, indicators]) => cardOf(page, dimension, indicators, change)));
}

function cardOf(page, dimension, indicators, change) {
  const card = draw("result-card");
  const changes = indicators.map((indicator) => changeFor(page, indicator));
  fill(card, {
    title: dimension ? say(`dimension-${dimension}`) : say("no-dimension"),
    note: noteOf(page, indicators, changes),
  });
  card.querySelector("ul").append(...indicators.map((indicator, at) => resultOf(page, indicator, changes[at], change)));
  return card;
}

function changeFor({ state, last, household }, { number }) {
  return changeOf(last.get(number), standingOf(state, number), (household.failed ?? []).includes(number));
}

function noteOf({ state }, indicators, changes) {
  const times = (word) => changes.filter((each) => each === word).length;
  const said = [
    times("better") && say("dimension-better", { n: times("better") }),
    times("worse") && say("dimension-worse", { n: times("worse") }),
  ].filter(Boolean);
  const passed = indicators.every(({ number }) => ["pass", "na"].includes(standingOf(state, number)));
  return [...said, passed ? say("dimension-passed") : ""].filter(Boolean).join(" · ");
}

function resultOf({ state }, indicator, changed, change) {
  const row = draw("result");
  fill(row, { text: `${indicator.number}. ${indicator.name || indicator.text}`, change: changed ? say(`change-${changed}`) : "" });
  row.querySelector("use").setAttribute("href", `#picture-${indicator.picture}`);
  row.querySelector(".result__now").append(draw(`now-${standingOf(state, indicator.number)}`));
  row.querySelector(".result__change").classList.add(`result__change--${changed || "none"}`);
  row.querySelector("button").addEventListener("click", () => change(indicator.number));
  return row;
}

// ------------------------------------------------------------------------------------------- what the family chooses

export function drawWishes(page, change) {
  const [first, more] = wishable(page.state, page.set, page.household);
  put(find("wishes"), first.map((indicator) => wishOf(page, indicator, change)));
  put(find("wishes-more"), more.map((indicator) => wishOf(page, indicator, change)));
  const fold = find("more-wishes");
  fold.hidden = more.length === 0;
  fold.open = first.length === 0 || more.some(({ number }) => page.state.wishes.some((wish) => wish.number === number));
  drawRanks(page);
}

function wishOf(page, indicator, change) {
  const row = draw("wish");
  const name = indicator.name || indicator.text;
  const standing = standingOf(page.state, indicator.number);
  const note = standing === "none" ? "" : ` · ${say(standing === "skip" ? "now-skip" : `answer-${standing}`)}`;
  fill(row, { text: name, note: say(`dimension-${indicator.near}`) + note, why: say("why") });
  row.dataset.number = indicator.number;
  row.querySelector("use").setAttribute("href", `#picture-${indicator.picture}`);
  const input = row.querySelector("input");
  input.id = `why-${indicator.number}`;
  row.querySelector("label").htmlFor = input.id;
  input.addEventListener("input", () => change(giveReason(page.state, indicator.number, input.value)));
  row.querySelector("button").addEventListener("click", () => choose(page, indicator.number, name, change));
  return row;
}

function choose(page, number, name, change) {
  const before = page.state.wishes.length;
  const after = toggleWish(page.state, number);
  if (after === page.state) {
    find("chosen-said").textContent = say("three-chosen");
    return;
  }
  change(after);
  drawRanks(page);
  const rank = after.wishes.length;
  find("chosen-said").textContent = rank > before ? say("chosen", { rank, text: name }) : say("unchosen", { n: rank });
}

function drawRanks({ state }) {
  const full = state.wishes.length >= 3;
  for (const row of document.querySelectorAll(".wish")) {
    const rank = state.wishes.findIndex((wish) => wish.number === Number(row.dataset.number)) + 1;
    const button = row.querySelector("button");
    button.setAttribute("aria-pressed", String(rank > 0));
    button.setAttribute("aria-disabled", String(full && rank === 0));
    row.classList.toggle("wish--chosen", rank > 0);
    row.querySelector(".wish__rank").textContent = rank || "";
    row.querySelector(".wish__why").hidden = rank === 0;
    const input = row.querySelector("input");
    if (rank && document.activeElement !== input) input.value = state.wishes[rank - 1].reason;
  }
}
