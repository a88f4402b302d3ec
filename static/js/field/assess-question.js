// Draws one question: its picture, what is asked, whom to think of, how it was answered, and why it may be passed over.
import { SKIP_REASONS, peopleFor, standingOf } from "./assess-state.js";
import { dimensionChip } from "./parts.js";
import { dayOf } from "./rules.js";
import { baht, draw, fill, put, say, shortDay } from "./words.js";

const find = (name) => document.querySelector(`[data-${name}]`);

export function drawQuestion({ state, set, household, last }) {
  const number = state.order[state.at];
  const indicator = set.indicators.find((each) => each.number === number);
  const asked = indicator.ask || indicator.text;
  find("picture").setAttribute("href", `#picture-${indicator.picture}`);
  const box = find("picture-box");
  box.hidden = indicator.picture === "unknown";
  box.setAttribute("aria-label", indicator.alt);
  put(find("dimension"), indicator.dimension ? dimensionChip(indicator.dimension) : null);
  find("question").textContent = asked;
  const text = find("text");
  text.hidden = asked === indicator.text;
  text.textContent = say("indicator", { n: number, text: indicator.text });
  drawThreshold(indicator, set, state);
  drawPeople(indicator, household);
  drawLast(last.get(number));
  const standing = standingOf(state, number);
  for (const input of document.querySelectorAll("[data-answers] input")) {
    input.checked = input.value === standing;
    input.dataset.stood = input.checked ? "yes" : "no";
  }
  drawSkip(state.skipped[number]);
}

function drawThreshold(indicator, set, state) {
  const place = find("threshold");
  const threshold = set.thresholds?.[state.survey_year];
  place.hidden = indicator.picture !== "income" || !threshold;
  if (!place.hidden) place.textContent = say("threshold", { year: state.survey_year, baht: baht(threshold) });
}

function drawPeople(indicator, household) {
  find("think").hidden = !indicator.think;
  if (!indicator.think) return;
  find("think-who").textContent = say("think", { who: indicator.think });
  const people = peopleFor(indicator, household.members, dayOf());
  const names = people.map(({ member, age }) => {
    const name = `${member.title ?? ""}${member.first}`;
    return age === null ? name : say("aged", { name, age });
  });
  find("think-names").textContent = names.length ? names.join(" · ") : indicator.ages ? say("nobody") : "";
}

// Folded, so that what was said last time does not speak first.
function drawLast(last) {
  const fold = find("last");
  fold.hidden = !last;
  fold.open = false;
  if (last) find("last-said").textContent = say("last", { answer: say(`answer-${last.value}`), day: shortDay(last.on) });
}

function drawSkip(chosen) {
  const reasons = SKIP_REASONS.map((reason) => {
    const choice = fill(draw("skip-reason"), { text: say(`skip-${reason}`) });
    const input = choice.querySelector("input");
    input.value = reason;
    input.checked = reason === chosen;
    return choice;
  });
  put(find("skip-list"), reasons);
  showSkipReasons(Boolean(chosen), { focus: false });
}

export function showSkipReasons(open, { focus = true } = {}) {
  find("skip").hidden = !open;
  find("answers").hidden = open;
  find("skip-open").disabled = open;
  if (open && focus) find("skip-title").focus();
}
