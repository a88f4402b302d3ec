// Buttons that fill a Buddhist-era date: <div data-quick-days="input id"> with buttons data-days="7".
const language = document.documentElement.lang || "th";
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

function dayFromToday(days) {
  const day = new Date();
  day.setDate(day.getDate() + days);
  const two = (part) => String(part).padStart(2, "0");
  return `${two(day.getDate())}/${two(day.getMonth() + 1)}/${day.getFullYear() + 543}`;
}

for (const group of document.querySelectorAll("[data-quick-days]")) {
  const input = document.getElementById(group.dataset.quickDays);
  for (const button of group.querySelectorAll("[data-days]")) {
    const days = Number(button.dataset.days);
    button.textContent = relative.format(days, "day");
    button.addEventListener("click", () => {
      input.value = dayFromToday(days);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}
