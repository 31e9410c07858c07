// Tables from the catalogue: configured in a dialog and filled by the server, which updates them for readers. In the
// editor such a table is a single node that contains the server's HTML: <table data-table="…">.
import { Node } from "django-prose-editor/editor";
import { enclosing } from "richtext/captions";
import { openComparisonDialog } from "richtext/comparison-dialog";
import { button, element } from "richtext/dialogs";
import { dialogCommand, tools } from "richtext/tools";

/** The element of a stored table. It is inert: only adopted nodes enter the page, and the server cleans the HTML. */
function tableFrom(html) {
  return document.adoptNode(new DOMParser().parseFromString(html, "text/html").querySelector("table") ?? element("table"));
}

const selectedTable = (state) => enclosing(state, "comparisonTable");

function open(editor, options, found) {
  const table = found && tableFrom(found.node.attrs.html);
  openComparisonDialog(editor, options, table, (html) => {
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
        const words = element("span", { textContent: "From the catalogue: readers see current values." });
        const change = button("Edit", () => open(editor, this.options, { node: editor.state.doc.nodeAt(getPos()), position: getPos() }));
        change.setAttribute("aria-label", `Edit the table ${table.caption?.textContent ?? ""}`);
        const line = element("p", { className: "richtext-comparison__line" }, words, change);
        dom.replaceChildren(element("div", { className: "richtext-comparison__frame" }, table), line);
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
    const openSelected = (editor) => open(editor, this.options, selectedTable(editor.state));
    return { addComparison: () => dialogCommand(selectedTable, openSelected) };
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
  ]),

  addKeyboardShortcuts() {
    return {
      "Mod-Alt-g": ({ editor }) => editor.commands.addComparison(),
      Enter: ({ editor }) => Boolean(selectedTable(editor.state)) && editor.commands.addComparison(),
    };
  },
});
