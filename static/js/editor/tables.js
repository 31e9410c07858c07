// Tables with a caption. The table library counts the children of a table as rows, so a caption cannot be one of them:
// `captionedTable` is the <table>; it contains the <caption> and `table`, the library's grid, which is the <tbody>.
import { Node, Table, TableCell as Cell, TableHeader as Header, Plugin, pm } from "django-prose-editor/editor";
import { captionOf, enclosing } from "richtext/captions";
import { labelled, openDialog } from "richtext/dialogs";

const { Fragment, Slice } = pm.model;
const { TextSelection } = pm.state;
const LARGEST = 50;
// The content of a cell: no tables, no headings.
const CELL_CONTENT = "(paragraph | bulletList | orderedList | blockquote | codeBlock | figure)+";

const currentTable = (state) => enclosing(state, "captionedTable");

function hasCaption(table) {
  return table?.node.firstChild.type.name === "tableCaption";
}

function makeTable(schema, { rows, cols, withHeaderRow, withHeaderColumn, caption }) {
  const { captionedTable, tableCaption, table, tableRow, tableCell, tableHeader } = schema.nodes;
  const isHeader = (row, column) => (withHeaderRow && row === 0) || (withHeaderColumn && column === 0);
  const numbers = (count) => [...Array(count).keys()];
  const grid = numbers(rows).map((row) =>
    tableRow.create(null, numbers(cols).map((column) => (isHeader(row, column) ? tableHeader : tableCell).createAndFill())),
  );
  const title = caption ? [tableCaption.create(null, schema.text(caption))] : [];
  return captionedTable.create(null, [...title, table.create(null, grid)]);
}

function openTableDialog(editor) {
  const size = { type: "number", min: "1", max: String(LARGEST), required: true };
  const caption = labelled("Caption", {}, "Optional. One line that says what the table shows.");
  const rows = labelled("Rows", { ...size, value: "3" });
  const cols = labelled("Columns", { ...size, value: "3" });
  const headerRow = labelled("First row contains headings", { type: "checkbox", checked: true });
  const headerColumn = labelled("First column contains headings", { type: "checkbox" });
  openDialog(editor, {
    title: "Table",
    content: [caption.field, rows.field, cols.field, headerRow.field, headerColumn.field],
    submitText: "Insert",
    onSubmit() {
      editor.commands.insertTable({
        rows: rows.input.valueAsNumber,
        cols: cols.input.valueAsNumber,
        withHeaderRow: headerRow.input.checked,
        withHeaderColumn: headerColumn.input.checked,
        caption: caption.input.value.trim(),
      });
    },
  });
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
      insertTable: (options) => ({ editor, tr, dispatch }) => {
        if (dispatch) {
          const before = Math.max(tr.selection.from - 2, 0);
          tr.replaceSelectionWith(makeTable(editor.schema, options)).scrollIntoView();
          // A paragraph to continue writing; if left empty, it is not stored.
          const { paragraph } = editor.schema.nodes;
          if (tr.doc.lastChild.type !== paragraph) tr.insert(tr.doc.content.size, paragraph.create());
          let row = null;
          tr.doc.nodesBetween(before, tr.doc.content.size, (node, position) => {
            if (node.type.name === "tableRow") row ??= position;
          });
          tr.setSelection(TextSelection.near(tr.doc.resolve(row + 1)));
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

  addMenuItems({ editor, buttons, menu }) {
    this.parent?.({ editor, buttons, menu });
    const define = (name, button, command, hidden, more = {}) =>
      menu.defineItem({ name, groups: "table", button, command, hidden, ...more });
    const isOutside = (editor) => !currentTable(editor.state);
    const isOutsideGrid = (editor) => !editor.isActive("table");
    define("table", buttons.material("grid_on", "Insert table"), openTableDialog, (editor) => !isOutside(editor), {
      enabled: (editor) => editor.state.selection.$from.depth < 2,
    });
    const run = (command) => (editor) => editor.chain().focus()[command]().run();
    define("table:headerRow", buttons.material("border_top", "Header row on or off"), run("toggleHeaderRow"), isOutsideGrid);
    define("table:headerColumn", buttons.material("border_left", "Header column on or off"), run("toggleHeaderColumn"), isOutsideGrid);
    define("table:caption", buttons.material("subtitles", "Table caption"), run("toggleTableCaption"), isOutside, {
      active: (editor) => hasCaption(currentTable(editor.state)),
    });
    // Last, apart from the frequent commands.
    define("table:deleteTable", buttons.material("delete", "Delete table"), run("deleteTable"), isOutside, { priority: 1 });
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
