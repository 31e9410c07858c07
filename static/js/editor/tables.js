// Tables with a caption. The table library counts the children of a table as rows, so a caption cannot be one of them:
// `captionedTable` is the <table>; it contains the <caption> and `table`, the library's grid, which is the <tbody>.
import { Node, Table, TableCell as Cell, TableHeader as Header, Plugin, pm } from "django-prose-editor/editor";
import { captionOf, enclosing } from "richtext/captions";
import { mayInsert } from "richtext/tools";

const { Fragment, Slice } = pm.model;
const { TextSelection } = pm.state;
// The content of a cell: no tables, no headings.
const CELL_CONTENT = "(paragraph | bulletList | orderedList | blockquote | codeBlock | figure)+";

const currentTable = (state) => enclosing(state, "captionedTable");

function hasCaption(table) {
  return table?.node.firstChild.type.name === "tableCaption";
}

/** A new table: a caption, a header row, and two rows of three cells. */
function makeTable({ captionedTable, tableCaption, table, tableRow, tableCell, tableHeader }) {
  const rows = [tableHeader, tableCell, tableCell].map((cell) => tableRow.create(null, [0, 1, 2].map(() => cell.createAndFill())));
  return captionedTable.create(null, [tableCaption.create(), table.create(null, rows)]);
}

export const CaptionedTable = Node.create({
  name: "captionedTable",
  group: "block",
  content: "tableCaption? table",
  isolating: true,

  parseHTML() {
    return [{ tag: "table" }];
  },

  renderHTML() {
    return ["table", 0];
  },

  addProseMirrorPlugins() {
    // A table pasted into a table fills its cells; the library does so for a bare grid only.
    const transformPasted = (slice, view) => {
      const pasted = slice.content.childCount === 1 && slice.content.firstChild;
      const isTable = pasted && pasted.type.name === "captionedTable";
      if (!isTable || !currentTable(view.state)) return slice;
      return new Slice(Fragment.from(pasted.lastChild), 0, 0);
    };
    return [new Plugin({ props: { transformPasted } })];
  },
});

export const TableCaption = captionOf("captionedTable", {
  name: "tableCaption",
  tag: "caption",
  isFirst: true,
  command: "toggleTableCaption",
  // Into the first cell: past the caption's end, the grid, the row, the cell, its paragraph.
  leave: (editor) => editor.commands.focus(editor.state.selection.$from.after() + 4),
});

export const TableRows = Table.extend({
  group: "",

  // Rows are placed into a grid automatically, those of <thead> and several <tbody> into the same one.
  parseHTML() {
    return [];
  },

  renderHTML() {
    return ["tbody", 0];
  },

  addNodeView() {
    return null;
  },

  addCommands() {
    return {
      ...this.parent?.(),
      insertTable: () => ({ editor, tr, dispatch }) => {
        if (dispatch) {
          const before = Math.max(tr.selection.from - 2, 0);
          tr.replaceSelectionWith(makeTable(editor.schema.nodes)).scrollIntoView();
          // A paragraph to continue writing; if left empty, it is not stored.
          const { paragraph } = editor.schema.nodes;
          if (tr.doc.lastChild.type !== paragraph) tr.insert(tr.doc.content.size, paragraph.create());
          let caption = null;
          tr.doc.nodesBetween(before, tr.doc.content.size, (node, position) => {
            if (node.type.name === "tableCaption") caption ??= position;
          });
          tr.setSelection(TextSelection.create(tr.doc, caption + 1));
        }
        return true;
      },
      deleteTable: () => ({ state, tr, dispatch }) => {
        const found = currentTable(state);
        if (found && dispatch) tr.delete(found.position, found.position + found.node.nodeSize);
        return Boolean(found);
      },
    };
  },

  addSlashItems() {
    const words = { title: "Table written by hand", words: "table rows columns", icon: "grid_on" };
    return [{ name: "grid", ...words, enabled: ({ state }) => mayInsert(state), command: (editor) => editor.chain().focus().insertTable().run() }];
  },

  addMenuItems({ editor, buttons, menu }) {
    this.parent?.({ editor, buttons, menu });
    const define = (name, button, command, hidden, more = {}) =>
      menu.defineItem({ name: `table:${name}`, groups: "table", button, command: run(command), hidden, ...more });
    const run = (command) => (editor) => editor.chain().focus()[command]().run();
    const isOutside = (editor) => !currentTable(editor.state);
    const isOutsideGrid = (editor) => !editor.isActive("table");
    // Rows and columns first, each before, after, and deleted.
    const known = Object.fromEntries(menu.items("table").map((item) => [item.name, item]));
    for (const [part, priority, ...places] of [["Row", 120, "above", "below"], ["Column", 110, "before", "after"]]) {
      const after = known[`table:add${part}After`];
      const before = after.button.cloneNode(true);
      for (const [index, button] of [before, after.button].entries()) {
        button.title = `${part} ${places[index]}`;
        button.setAttribute("aria-label", button.title);
      }
      define(`add${part}Before`, before, `add${part}Before`, isOutsideGrid, { priority: priority + 2 });
      after.priority = priority + 1;
      known[`table:delete${part}`].priority = priority;
    }
    for (const command of ["mergeCells", "splitCell"]) known[`table:${command}`].hidden = (editor) => !editor.can()[command]();
    menu.defineItem({
      name: "table",
      groups: "insert",
      button: buttons.material("grid_on", "Table written by hand"),
      command: run("insertTable"),
      hidden: (editor) => !isOutside(editor),
      enabled: ({ state }) => mayInsert(state),
    });
    define("headerRow", buttons.material("border_top", "Header row on or off"), "toggleHeaderRow", isOutsideGrid);
    define("headerColumn", buttons.material("border_left", "Header column on or off"), "toggleHeaderColumn", isOutsideGrid);
    define("caption", buttons.material("subtitles", "Table caption"), "toggleTableCaption", isOutside, {
      active: (editor) => hasCaption(currentTable(editor.state)),
    });
    // Last, apart from the frequent commands.
    define("deleteTable", buttons.material("delete", "Delete table"), "deleteTable", isOutside, { priority: 1 });
  },
});

const spans = { colspan: { default: 1 }, rowspan: { default: 1 } };

export const TableCell = Cell.extend({
  content: CELL_CONTENT,
  addAttributes() {
    return spans;
  },
});

export const TableHeader = Header.extend({
  content: CELL_CONTENT,
  addAttributes() {
    return { ...spans, scope: { default: null } };
  },
});
