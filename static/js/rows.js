// Rows with an order: moved by dragging their handle or by its arrow keys, instead of by typing numbers.

const POSITION = "[name$='-position']";
const ROW = "tr.form-row:not(.empty-form)";

function number(table) {
  for (const [place, row] of table.querySelectorAll(ROW).entries()) {
    const field = row.querySelector(POSITION);
    if (field && Number(field.value) !== place + 1) field.value = place + 1;
  }
  table.dispatchEvent(new Event("input", { bubbles: true })); // for the autosave
}

/** Move a row past its neighbour, and keep the focus on its handle. */
function step(row, by, handle) {
  const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other?.matches(ROW)) return;
  if (by < 0) other.before(row);
  else other.after(row);
  number(row.closest("table"));
  handle.focus();
}

function addHandle(row) {
  const place = row.querySelector("td.delete");
  if (!place || !row.querySelector(POSITION) || row.querySelector(".row-handle")) return;
  const handle = document.createElement("button");
  Object.assign(handle, { type: "button", className: "row-handle", textContent: "⠿", draggable: true });
  handle.setAttribute("aria-label", "Move this row with the arrow keys, or drag it");
  handle.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    step(row, by, handle);
  });
  handle.addEventListener("dragstart", (event) => {
    event.dataTransfer.setDragImage(row, 0, 0);
    event.dataTransfer.effectAllowed = "move";
    row.classList.add("is-dragged");
  });
  handle.addEventListener("dragend", () => row.classList.remove("is-dragged"));
  place.prepend(handle);
}

function start(table) {
  table.classList.add("has-order");
  for (const row of table.querySelectorAll(ROW)) addHandle(row);
  table.addEventListener("dragover", (event) => {
    const moved = table.querySelector(".is-dragged");
    const over = event.target.closest(ROW);
    if (!moved) return;
    event.preventDefault();
    if (!over || over === moved) return;
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(moved);
    else over.after(moved);
  });
  table.addEventListener("drop", (event) => {
    event.preventDefault();
    number(table);
  });
}

for (const table of document.querySelectorAll(".inline-group table:has([name$='-position'])")) start(table);

function nameFirstRows() {
  const links = [...document.querySelectorAll(".add-row a")].filter((link) => !link.closest("table")?.querySelector(ROW));
  for (const link of links) link.textContent = link.textContent.replace("another ", "");
}
// After Django's own script, which adds the links when its turn comes: on a busy machine later than the page is loaded.
window.addEventListener("load", () => window.django?.jQuery(nameFirstRows));
document.addEventListener("formset:added", ({ target }) => {
  if (target.closest("table.has-order")) addHandle(target); // without a number it goes to the end
});
