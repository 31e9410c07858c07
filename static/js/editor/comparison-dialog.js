// The dialog for tables and charts from the catalogue. The server builds them from the choices, or reports a problem.
import { button, element, labelled, openDialog } from "richtext/dialogs";
import { cautionLabel, createFinder } from "richtext/finder";
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
    parameters,
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
      const caution = record.caution ? [" ", cautionLabel(record.caution)] : [];
      return element("li", {}, element("span", { textContent: record.title }, ...caution), out);
    });
    list.replaceChildren(...lines);
    list.hidden = !records.length;
    onChange();
  }
  show();
  return { list, show };
}

/** The columns of a table: the chosen ones first, in their order. */
function columnsPart({ facts }, columns, most) {
  const names = [...new Set([...facts, ...Object.keys(columns)])].filter((name) => columns[name]);
  const boxes = names.map((value) => labelled(columns[value], { type: "checkbox", name: "fact", value, checked: facts.includes(value) }));
  const legend = element("legend", { className: "richtext-dialog__label", textContent: `Columns, up to ${most}` });
  const className = "richtext-dialog__group richtext-dialog__group--columns";
  return {
    nodes: [element("fieldset", { className }, legend, ...boxes.map(({ field }) => field))],
    wanted: () => boxes.filter(({ input }) => input.checked).map(({ input }) => ["fact", input.value]),
    problem: (hasRecords, noun) => {
      if (!hasRecords) return `Choose at least one ${noun}.`;
      return boxes.some(({ input }) => input.checked) ? "" : "Choose at least one column.";
    },
  };
}

/** The kind of a chart, its numbers and the day on which it is frozen; `preview()` returns what would be inserted. */
function chartPart({ parameters }, charts, preview) {
  const options = Object.entries(charts).map(([value, { label }]) => element("option", { value, textContent: label, selected: value === parameters.get("chart") }));
  const kind = element("select", { name: "chart" }, ...options);
  const words = element("span", { className: "richtext-dialog__label", textContent: "Chart" });
  const help = element("span", { className: "richtext-dialog__help" });
  const day = labelled("Frozen on", { type: "date", value: parameters.get("day") ?? "" }, "Empty: readers see the values of their day.");
  const numbers = element("div", { className: "richtext-dialog__part" });
  let inputs = [];
  const show = () => {
    const chosen = charts[kind.value];
    help.textContent = chosen.help;
    inputs = Object.entries(chosen.numbers).map(([name, number]) =>
      labelled(number.label, { name, inputMode: "numeric", value: parameters.get(name) ?? number.default }),
    );
    numbers.replaceChildren(...inputs.map(({ field }) => field));
  };
  kind.addEventListener("change", show);
  show();
  const shown = element("div", { className: "richtext-chart", "aria-live": "polite" });
  const look = button("Preview", async () => {
    shown.replaceChildren(...(await preview().then(({ picture }) => drawingFrom(picture), (error) => [error.message])));
  });
  return {
    nodes: [element("label", { className: "richtext-dialog__field" }, words, kind, help), numbers, day.field, look, shown],
    wanted: () => [["chart", kind.value], ...inputs.map(({ input }) => [input.name, input.value.replace(/[\s,]/g, "")]), ...(day.input.value ? [["day", day.input.value]] : [])],
    problem: () => "",
  };
}

/** The nodes of a drawing by the server. */
export function drawingFrom(html) {
  return [...document.adoptNode(new DOMParser().parseFromString(html, "text/html").body).childNodes];
}

/** Open the dialog; `onDone(html)` is called with the table. `table` is the one to change, null for a new one. */
export function openComparisonDialog(editor, options, table, isChart, onDone) {
  const chosen = choicesOf(table, Object.keys(options.kinds)[0]);
  const { noun, columns, charts } = options.kinds[chosen.label] ?? { noun: "Record", columns: {}, charts: {} };
  if (!table) chosen.facts = ["input_price", "output_price"];
  const caption = labelled("Caption", { value: chosen.caption, maxLength: 300, required: true }, "What it shows. The date of its values is added.");

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
      if (!chosen.records.some((other) => other.key === key)) chosen.records.push({ key, title: record.title, caution: record.caution });
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

  const made = () => {
    const words = caption.input.value.trim().replace(/\s+/g, " ");
    const records = chosen.records.map(({ key }) => ["record", key]);
    return ask(options.tableUrl, { parameters: [["kind", chosen.label], ...records, ...part.wanted(), ["caption", words]] });
  };
  const part = isChart ? chartPart(chosen, charts, made) : columnsPart(chosen, columns, options.mostFacts);
  const what = isChart ? "chart" : "table";
  openDialog(editor, {
    title: table ? `Edit catalogue ${what}` : `Catalogue ${what}`,
    content: [caption.field, byName, ...part.nodes],
    submitText: table ? "Save" : "Insert",
    async onSubmit() {
      const problem = part.problem(chosen.records.length > 0, noun.toLowerCase());
      if (problem) return problem;
      try {
        const { html } = await made();
        onDone(html);
      } catch (error) {
        return error.message;
      }
    },
  });
}
