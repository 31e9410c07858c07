// All pages of the admin: "/" or Ctrl K outside of a text field leads to the search, and controls made by scripts get names.

const field = document.querySelector(".find-all input");

document.addEventListener("keydown", (event) => {
  const isCtrlK = (event.ctrlKey || event.metaKey) && event.key === "k";
  const isAsked = isCtrlK || (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey);
  const isTyped = event.target.closest("input, textarea, select, [contenteditable]");
  if (!isAsked || isTyped || document.querySelector("dialog:modal")) return;
  event.preventDefault();
  field.focus();
  field.select();
});

/** Name each select with a search by the label of its field or the head of its column, besides its value. */
function nameSelects() {
  for (const control of document.querySelectorAll(".select2-selection:not([data-named])")) {
    const select = control.closest(".select2-container").previousElementSibling;
    const column = select?.closest("td")?.className.match(/field-(\w+)/)?.[1];
    const label = select?.labels?.[0] ?? select?.closest("table")?.querySelector(`th.column-${column}`);
    if (!label) continue;
    label.id ||= `label-of-${select.id}`;
    control.dataset.named = "";
    control.setAttribute("aria-labelledby", `${label.id} ${control.getAttribute("aria-labelledby") ?? ""}`.trim());
  }
}

window.addEventListener("load", () => {
  for (const head of document.querySelectorAll(".tabular th.original:empty")) {
    const name = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: "Record" });
    head.append(name);
  }
  nameSelects();
});
document.addEventListener("formset:added", () => setTimeout(nameSelects));
