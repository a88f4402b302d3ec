// <table data-keygrid>: rows by arrow keys, answers by number keys, n for the note (Enter goes on from it), h for all rows of the
// same data-home that have no answer yet. Without it the radios work by Tab as ever.
function rowsOf(grid) {
  return [...grid.tBodies].flatMap((body) => [...body.rows]);
}

function stand(grid, row) {
  for (const other of rowsOf(grid)) other.tabIndex = other === row ? 0 : -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function move(grid, row, by) {
  const rows = rowsOf(grid);
  const next = rows[rows.indexOf(row) + by];
  if (next) stand(grid, next);
}

function answer(row, digit) {
  const choice = row.querySelectorAll("input[type=radio]:not(:disabled)")[digit - 1];
  if (!choice) return false;
  choice.checked = true;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function answerHome(grid, row) {
  const home = row.dataset.home;
  if (!home) return false;
  const rows = rowsOf(grid).filter((each) => each.dataset.home === home);
  for (const each of rows) if (!each.querySelector("input[type=radio]:checked")) answer(each, 1);
  move(grid, rows.at(-1), 1);
  return true;
}

function leaveField(grid, row, event) {
  if (event.key === "Escape") stand(grid, row);
  else if (event.key === "Enter" && event.target.matches("input")) {
    stand(grid, row);
    move(grid, row, 1);
  } else return;
  event.preventDefault();
}

function onKey(grid, event) {
  const row = event.target.closest("tbody tr");
  const typing = event.target.matches("input:not([type=radio], [type=checkbox]), textarea, select");
  if (!row || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing) {
    leaveField(grid, row, event);
    return;
  }
  const onRow = event.target === row;
  if (event.key === "ArrowDown" && onRow) move(grid, row, 1);
  else if (event.key === "ArrowUp" && onRow) move(grid, row, -1);
  else if (event.key === "Home" && onRow) stand(grid, rowsOf(grid)[0]);
  else if (event.key === "End" && onRow) stand(grid, rowsOf(grid).at(-1));
  else if (/^[1-9]$/.test(event.key)) {
    if (!answer(row, Number(event.key))) return;
    move(grid, row, 1);
  } else if (event.key === "n" && row.querySelector("input[type=text], textarea")) {
    row.querySelector("input[type=text], textarea").focus();
  } else if (event.key === "h" && onRow) {
    if (!answerHome(grid, row)) return;
  } else if (event.key === " " && onRow) {
    const box = row.querySelector("input[type=checkbox]");
    if (!box) return;
    box.click();
  } else if (event.key === "Escape" && !onRow) stand(grid, row);
  else return;
  event.preventDefault();
}

for (const grid of document.querySelectorAll("table[data-keygrid]")) {
  rowsOf(grid).forEach((row, place) => { row.tabIndex = place ? -1 : 0; });
  grid.addEventListener("keydown", (event) => onKey(grid, event));
}

// <input type="checkbox" data-check-all="name">: all boxes of that name in the same form.
document.addEventListener("change", (event) => {
  const all = event.target;
  const name = all.dataset?.checkAll;
  const form = all.form ?? document;
  if (name) {
    for (const box of form.querySelectorAll(`input[type=checkbox][name="${name}"]:not(:disabled)`)) box.checked = all.checked;
  }
  for (const sign of document.querySelectorAll("[data-checked-count]")) {
    const field = sign.dataset.checkedCount;
    const counted = document.querySelectorAll(`input[name="${field}"]:is(:checked, [type=hidden])`).length;
    sign.textContent = counted.toLocaleString("en");
  }
});
