// All pages of the admin: "/" or Ctrl K outside of a text field leads to the search, Ctrl S saves a text, and controls made by scripts get
// names.

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

// A text saves by its bar (js/desk.js); other forms with an editor by their own button.
document.addEventListener("keydown", (event) => {
  const form = document.querySelector("form:has(.prose-editor)");
  const save = form?.querySelector("[name=_continue]") ?? form?.querySelector("[name=_save]");
  if (!save || !(event.ctrlKey || event.metaKey) || event.key !== "s" || document.querySelector("dialog:modal")) return;
  event.preventDefault();
  save.click();
});

// A click elsewhere or Escape closes a menu.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".more[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest(".more[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

/** The element that names a field: its label, the legend of its group, or the head of its column. */
function nameOf(field) {
  const column = field.closest(".tabular td")?.className.match(/field-(\w+)/)?.[1];
  const head = column && field.closest("table").querySelector(`th.column-${column}`);
  return field.labels?.[0] ?? head ?? field.closest(".form-row fieldset")?.querySelector("legend");
}

/** Name the fields of tables, single fields of a group, and the parts of each select with a search. */
function nameFields() {
  for (const field of document.querySelectorAll(".tabular td :is(input, select, textarea), .form-row input[type=file]")) {
    const name = nameOf(field);
    if (field.type === "hidden" || !name || field.labels?.length || field.ariaLabel) continue;
    name.id ||= `label-of-${field.id}`;
    field.setAttribute("aria-labelledby", name.id);
  }
  for (const control of document.querySelectorAll(".select2-selection:not([data-named])")) {
    const select = control.closest(".select2-container").previousElementSibling;
    const name = select && nameOf(select);
    if (!name) continue;
    name.id ||= `label-of-${select.id}`;
    control.dataset.named = "";
    control.setAttribute("aria-labelledby", `${name.id} ${control.getAttribute("aria-labelledby") ?? ""}`.trim());
    control.querySelector("[role=textbox], [role=searchbox]")?.setAttribute("aria-labelledby", name.id);
    control.querySelector("ul")?.setAttribute("role", "presentation");
  }
}

/** Focus the first field in `place`, in the middle of the page or panel, where nothing covers it. Of sections, that is
 * the first with an error, or the first of a new one. */
function goTo(part) {
  const place = part.querySelector(".sections__field.errors") ?? part.querySelector(":scope > fieldset > .sections__field") ?? part;
  for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const fields = [...place.querySelectorAll(".ProseMirror[contenteditable], :is(input, select, textarea):not([type=hidden]), .add-row :is(a, button), .sections__toggle")]
    .filter((one) => one.checkVisibility());
  const field = fields.find((one) => one.matches(".ProseMirror")) ?? fields[0];
  place.scrollIntoView({ block: "center" });
  field?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".form-errors a, a.preflight__go");
  const place = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!place || event.defaultPrevented) return;
  event.preventDefault();
  const sections = place.type === "hidden" && document.querySelector(".field-sections"); // composed into this hidden text
  goTo(sections || place.closest(".sections__field, .fieldBox, .form-row, td") || place);
});

// A file that the server would refuse for its size is refused before it is sent.
document.addEventListener("change", ({ target: input }) => {
  if (!input.matches("input[type=file][data-max-bytes]")) return;
  input.parentElement.querySelector(".file-problem")?.remove();
  const large = [...input.files].find((file) => file.size > Number(input.dataset.maxBytes));
  if (!large) return;
  const inMegabytes = (bytes) => `${(bytes / 1024 ** 2).toFixed(1)} MB`;
  const textContent = `${large.name} is ${inMegabytes(large.size)}; the maximum is ${inMegabytes(input.dataset.maxBytes)}. Choose a smaller file.`;
  const problem = Object.assign(document.createElement("ul"), { className: "file-problem errorlist", role: "alert" });
  problem.append(Object.assign(document.createElement("li"), { textContent }));
  input.after(problem);
  input.value = "";
});

// Django writes the name of a row with a capital: “Add another Author”.
for (const { dataset } of document.querySelectorAll("[data-inline-formset]")) {
  dataset.inlineFormset = dataset.inlineFormset.replace(/(?<="Add another )[A-Z](?=[a-z])/, (capital) => capital.toLowerCase());
}

window.addEventListener("load", () => {
  const note = document.querySelector(".errornote");
  if (note) Object.assign(note, { role: "alert", tabIndex: -1 }).focus();
  for (const head of document.querySelectorAll(".tabular th:empty")) {
    const words = head.matches(".original") ? "Record" : "Remove";
    head.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: words }));
  }
  document.querySelector("#searchbar")?.setAttribute("aria-label", "Search");
  // After the scripts that make selects with a search, which may still wait for their turn.
  if (window.django?.jQuery) django.jQuery(nameFields);
  else nameFields();
});
document.addEventListener("formset:added", ({ target }) =>
  setTimeout(() => {
    nameFields();
    goTo(target);
  }),
);
