// [data-take]: puts the households on the phone, says how many, how large and how old they are.
import { kitInfo, takeAlong } from "./kit.js";
import { NoAnswer, Refused } from "./net.js";
import { moment, size } from "./parts.js";
import { isOldKit } from "./rules.js";
import { getMeta, onStore } from "./store.js";
import { number, say } from "./words.js";

function tell(part, sentence) {
  part.querySelector("[data-take-said]").textContent = sentence;
}

function warn(part, sentence) {
  part.querySelector("[data-take-warn]").hidden = !sentence;
  part.querySelector("[data-take-warning]").textContent = sentence;
}

async function show(part) {
  const info = await kitInfo();
  part.classList.toggle("take--none", !info);
  if (!info) return tell(part, say("kit-none"));
  const when = moment(info.taken_at);
  tell(part, say("kit-size", { n: number(info.households), size: size(info.bytes) }));
  part.querySelector("[data-take-when]").textContent = say("kit-when", { when });
  part.querySelector("[data-take-label]").textContent = say("kit-again");
  const stale = await getMeta("kit_stale");
  const age = isOldKit(info.taken_at) ? say("kit-old", { days: info.days }) : stale ? say("kit-stale") : "";
  warn(part, age || (info.left_out ? say("kit-left-out", { n: number(info.left_out), taken: number(info.households) }) : ""));
}

async function take(part) {
  const [button, bar] = [part.querySelector("[data-take-get]"), part.querySelector("[data-take-bar]")];
  button.disabled = true;
  bar.hidden = false;
  tell(part, say("kit-taking"));
  warn(part, "");
  try {
    await takeAlong((share) => {
      bar.value = share;
    });
    await show(part);
  } catch (error) {
    if (!(error instanceof NoAnswer || error instanceof Refused)) throw error;
    await show(part);
    warn(part, error.body?.message ?? say("kit-failed"));
  } finally {
    button.disabled = false;
    bar.hidden = true;
  }
}

export function bindTakeAlong() {
  const part = document.querySelector("[data-take]");
  if (!part) return;
  show(part);
  onStore((what) => what === "kit" && show(part));
  part.querySelector("[data-take-get]").addEventListener("click", () => take(part));
}
