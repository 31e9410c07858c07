// Rows with an order: moved by dragging their handle or by its arrow keys, instead of by typing numbers.

const POSITION = "[name$='-position']";
const ROW = "tr.form-row:not(.empty-form)";

/** Move an item past its neighbour, and keep the focus on `control`. Returns whether there was one. */
export function step(item, by, selector, control) {
  const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other?.matches(selector)) return false;
  if (by < 0) other.before(item);
  else other.after(item);
  control.focus();
  return true;
}

/** Let the handles of all items in `root`, also of nested ones, move them; then `moved(item)` is called. */
export function makeMovable(root, selector, moved) {
  const itemOf = (element) => element.closest?.(".row-handle") && element.closest(selector);
  let dragged = null;
  root.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const item = by && itemOf(event.target);
    if (!item) return;
    event.preventDefault();
    if (step(item, by, selector, event.target)) moved(item);
  });
  root.addEventListener("dragstart", (event) => {
    dragged = itemOf(event.target);
    if (!dragged) return;
    event.dataTransfer.setDragImage(dragged, 0, 0);
    event.dataTransfer.effectAllowed = "move";
    dragged.classList.add("is-dragged");
  });
  root.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
  });
  root.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const over = [...dragged.parentElement.children].find((item) => item.contains(event.target));
    if (!over?.matches(selector) || over === dragged) return;
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(dragged);
    else over.after(dragged);
  });
  root.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    moved(dragged);
  });
}

function number(row) {
  const table = row.closest("table");
  for (const [place, one] of table.querySelectorAll(ROW).entries()) {
    const field = one.querySelector(POSITION);
    if (field && Number(field.value) !== place + 1) field.value = place + 1;
  }
  table.dispatchEvent(new Event("input", { bubbles: true })); // for the autosave
}

function addHandle(row) {
  const place = row.querySelector("td.delete");
  if (!place || !row.querySelector(POSITION) || row.querySelector(".row-handle")) return;
  const handle = document.createElement("button");
  Object.assign(handle, { type: "button", className: "row-handle", textContent: "⠿", draggable: true });
  handle.setAttribute("aria-label", "Move this row with the arrow keys, or drag it");
  place.prepend(handle);
}

for (const table of document.querySelectorAll(".inline-group table:has([name$='-position'])")) {
  table.classList.add("has-order");
  for (const row of table.querySelectorAll(ROW)) addHandle(row);
  makeMovable(table, ROW, number);
}

function nameFirstRows() {
  const links = [...document.querySelectorAll(".add-row a")].filter((link) => !link.closest("table")?.querySelector(ROW));
  for (const link of links) link.textContent = link.textContent.replace("another ", "");
}
// After Django's own script, which adds the links when its turn comes: on a busy machine later than the page is loaded.
window.addEventListener("load", () => window.django?.jQuery(nameFirstRows));
document.addEventListener("formset:added", ({ target }) => {
  if (target.closest("table.has-order")) addHandle(target); // without a number it goes to the end
});
