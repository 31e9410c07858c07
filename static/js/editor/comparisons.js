// Tables and charts from the catalogue: configured in a dialog and filled by the server, which updates them for readers.
// In the editor each is a single node that contains the server's HTML: <table data-table="…">.
import { Node } from "django-prose-editor/editor";
import { enclosing } from "richtext/captions";
import { drawingFrom, openComparisonDialog } from "richtext/comparison-dialog";
import { button, element } from "richtext/dialogs";
import { ask } from "richtext/requests";
import { dialogCommand, tools } from "richtext/tools";

/** The element of a stored table. It is inert: only adopted nodes enter the page, and the server cleans the HTML. */
function tableFrom(html) {
  return document.adoptNode(new DOMParser().parseFromString(html, "text/html").querySelector("table") ?? element("table"));
}

const selectedTable = (state) => enclosing(state, "comparisonTable");
const parametersOf = (table) => new URLSearchParams(table.dataset.table.split("?")[1]);
const isChart = (table) => parametersOf(table).has("chart");

/** The drawing of a chart as readers see it now, or why there is none. */
async function drawing(table, tableUrl) {
  const parameters = [["kind", table.dataset.table.split("?")[0]], ["caption", table.caption?.textContent ?? ""], ...parametersOf(table)];
  return ask(tableUrl, { parameters }).then(({ picture }) => drawingFrom(picture), (error) => [error.message]);
}

function open(editor, options, found, isNewChart = false) {
  const table = found && tableFrom(found.node.attrs.html);
  openComparisonDialog(editor, options, table, table ? isChart(table) : isNewChart, (html) => {
    const content = { type: "comparisonTable", attrs: { html } };
    const range = found && { from: found.position, to: found.position + found.node.nodeSize };
    const chain = editor.chain().focus();
    if (range) chain.insertContentAt(range, content).setNodeSelection(found.position).run();
    else chain.insertContent([content, { type: "paragraph" }]).run();
  });
}

export const ComparisonTable = Node.create({
  name: "comparisonTable",
  group: "block",
  atom: true,
  draggable: true,
  // Before tables written by hand.
  priority: 200,

  addAttributes() {
    return { html: { default: "", parseHTML: (dom) => dom.outerHTML, renderHTML: () => ({}) } };
  },

  parseHTML() {
    return [{ tag: "table[data-table]", priority: 100 }];
  },

  renderHTML({ node }) {
    return tableFrom(node.attrs.html);
  },

  addNodeView() {
    return ({ node, editor, getPos }) => {
      const dom = element("div", { className: "richtext-comparison", contentEditable: "false" });
      const show = ({ attrs }) => {
        const table = tableFrom(attrs.html);
        const isFrozen = parametersOf(table).has("day");
        const words = element("span", { textContent: `From the catalogue: readers see ${isFrozen ? "the values of one day" : "current values"}.` });
        const change = button("Edit", () => open(editor, this.options, { node: editor.state.doc.nodeAt(getPos()), position: getPos() }));
        change.setAttribute("aria-label", `Edit the ${isChart(table) ? "chart" : "table"} ${table.caption?.textContent ?? ""}`);
        const line = element("p", { className: "richtext-comparison__line" }, words, change);
        const frame = element("div", { className: "richtext-comparison__frame" }, table);
        dom.replaceChildren(frame, line);
        if (isChart(table)) drawing(table, this.options.tableUrl).then((nodes) => frame.before(element("div", { className: "richtext-chart" }, ...nodes)));
      };
      show(node);
      return {
        dom,
        update(changed) {
          if (changed.type.name !== "comparisonTable") return false;
          if (changed !== node) show(changed);
          node = changed;
          return true;
        },
        stopEvent: (event) => Boolean(event.target.closest?.("button")),
        ignoreMutation: () => true,
      };
    };
  },

  addCommands() {
    const openSelected = (isNewChart) => (editor) => open(editor, this.options, selectedTable(editor.state), isNewChart);
    return {
      addComparison: () => dialogCommand(selectedTable, openSelected(false)),
      addChart: () => dialogCommand(selectedTable, openSelected(true)),
    };
  },

  ...tools(() => [
    {
      name: "comparison",
      groups: "insert",
      icon: "table_view",
      label: "Catalogue table (Ctrl Alt G)",
      run: "addComparison",
      active: ({ state }) => Boolean(selectedTable(state)),
      hidden: (editor) => editor.isActive("table"),
      slash: { name: "table", title: "Catalogue table", words: "comparison models prices" },
    },
    {
      name: "chart",
      groups: "insert",
      icon: "bar_chart",
      label: "Catalogue chart",
      run: "addChart",
      hidden: (editor) => editor.isActive("table"),
      slash: { name: "chart", words: "figure timeline prices cost context lives models" },
    },
  ]),

  addKeyboardShortcuts() {
    return {
      "Mod-Alt-g": ({ editor }) => editor.commands.addComparison(),
      Enter: ({ editor }) => Boolean(selectedTable(editor.state)) && editor.commands.addComparison(),
    };
  },
});
