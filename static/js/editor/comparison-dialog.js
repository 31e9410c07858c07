// The dialog for comparison tables. The server builds the table from the choices, or reports a problem.
import { button, element, labelled, openDialog } from "richtext/dialogs";
import { createFinder } from "richtext/finder";
import { ask } from "richtext/requests";

/** The choices of a stored table, or the defaults of a new one. */
function choicesOf(table, kind) {
  const [label, text] = table ? table.dataset.table.split("?") : [kind, ""];
  const parameters = new URLSearchParams(text);
  const names = new Map();
  for (const link of table?.querySelectorAll("th a[href^='ref:']") ?? []) {
    names.set(link.getAttribute("href").split("/").pop(), link.textContent);
  }
  return {
    label,
    records: parameters.getAll("record").map((key) => ({ key, title: names.get(key) ?? `Number ${key}` })),
    facts: parameters.getAll("fact"),
    caption: table?.caption?.textContent.trim() ?? "",
  };
}

/** The chosen records in their order, each with a button to remove it. */
function recordList(records, onChange) {
  const list = element("ol", { className: "richtext-comparison__records", "aria-label": "Rows" });
  function show() {
    const lines = records.map((record, place) => {
      const out = button("Remove", () => {
        records.splice(place, 1);
        show();
        (list.querySelector("button") ?? list.parentElement.querySelector("input")).focus();
      });
      out.setAttribute("aria-label", `Remove ${record.title}`);
      return element("li", {}, element("span", { textContent: record.title }), out);
    });
    list.replaceChildren(...lines);
    list.hidden = !records.length;
    onChange();
  }
  show();
  return { list, show };
}

/** Open the dialog; `onDone(html)` is called with the table. `table` is the one to change, null for a new one. */
export function openComparisonDialog(editor, options, table, onDone) {
  const chosen = choicesOf(table, Object.keys(options.kinds)[0]);
  const { noun, columns } = options.kinds[chosen.label] ?? { noun: "Record", columns: {} };
  if (!table) chosen.facts = ["input_price", "output_price"];
  const caption = labelled("Caption", { value: chosen.caption, maxLength: 300, required: true }, "What the table shows. The date of its values is added.");

  const count = element("p", { className: "richtext-dialog__help", role: "status" });
  const rows = recordList(chosen.records, () => {
    count.textContent = chosen.records.length ? `${chosen.records.length} of at most ${options.mostRecords} rows.` : "";
  });
  const search = labelled(`Add a ${noun.toLowerCase()} by its name`, { type: "search" });
  const finder = createFinder(search.input, {
    url: `${options.findUrl}?for=table`,
    kind: chosen.label,
    isQuery: (text) => text.length > 1,
    onPick(record) {
      const key = record.ref.split("/").pop();
      if (!chosen.records.some((other) => other.key === key)) chosen.records.push({ key, title: record.title });
      rows.show();
      search.input.value = "";
      finder.refresh();
      search.input.focus();
    },
  });
  search.input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // it would submit the dialog
    finder.takeOnly({ isOnly: false });
  });
  const byName = element("div", { className: "richtext-dialog__part" }, rows.list, count, search.field, ...finder.nodes);

  // The chosen ones first, in their order.
  const names = [...new Set([...chosen.facts, ...Object.keys(columns)])].filter((name) => columns[name]);
  const boxes = names.map((value) => labelled(columns[value], { type: "checkbox", name: "fact", value, checked: chosen.facts.includes(value) }));
  const legend = element("legend", { className: "richtext-dialog__label", textContent: `Columns, up to ${options.mostFacts}` });
  const className = "richtext-dialog__group richtext-dialog__group--columns";
  const facts = element("fieldset", { className }, legend, ...boxes.map(({ field }) => field));

  const wanted = () => {
    const rowsOf = chosen.records.map(({ key }) => ["record", key]);
    const columnsOf = boxes.filter(({ input }) => input.checked).map(({ input }) => ["fact", input.value]);
    return [["kind", chosen.label], ...rowsOf, ...columnsOf];
  };
  openDialog(editor, {
    title: table ? "Edit catalogue table" : "Catalogue table",
    content: [caption.field, byName, facts],
    submitText: table ? "Save" : "Insert",
    async onSubmit() {
      if (!chosen.records.length) return `Choose at least one ${noun.toLowerCase()}.`;
      if (!boxes.some(({ input }) => input.checked)) return "Choose at least one column.";
      const words = caption.input.value.trim().replace(/\s+/g, " ");
      try {
        const { html } = await ask(options.tableUrl, { parameters: [...wanted(), ["caption", words]] });
        onDone(html);
      } catch (error) {
        return error.message;
      }
    },
  });
}
