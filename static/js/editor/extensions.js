// Extensions of the editor beyond its library; the names are those in publishing/admin/richtext_widget.py.
import { Code, Extension, Heading, Mark, Plugin } from "django-prose-editor/editor";
import { tools } from "richtext/tools";

export { Callout } from "richtext/callouts";
export { ComparisonTable } from "richtext/comparisons";
export { Embed, EmbedCaption } from "richtext/embeds";
export { Fact } from "richtext/facts";
export { RecordLink } from "richtext/links";
export { MovedBlocks } from "richtext/moving";
export { Passages } from "richtext/passages";
export { CleanPaste } from "richtext/paste";
export { Figure, FigureCaption, Picture } from "richtext/pictures";
export { SlashMenu } from "richtext/slash";
export { Snippet } from "richtext/snippets";
export { CaptionedTable, TableCaption, TableCell, TableHeader, TableRows } from "richtext/tables";
export { Toolbars } from "richtext/toolbars";
export { OrderedList, Typing } from "richtext/typing";

/** Code that may also be bold or a link, as in stored texts; the library's excludes other marks. */
export const InlineCode = Code.extend({ excludes: "" });

/** Labels the editor with the label of the textarea. */
export const FormLabel = Extension.create({
  name: "formLabel",

  // As soon as there is a view: the editor's own event comes later.
  addProseMirrorPlugins() {
    const describe = ({ dom }) => {
      const textarea = dom.closest(".prose-editor")?.querySelector("textarea");
      const label = textarea?.labels?.[0];
      dom.setAttribute("role", "textbox");
      dom.setAttribute("aria-multiline", "true");
      dom.setAttribute("aria-description", "Alt F10 leads to the toolbar, / lists blocks to insert.");
      for (const name of ["aria-invalid", "aria-describedby"]) {
        if (textarea?.hasAttribute(name)) dom.setAttribute(name, textarea.getAttribute(name));
      }
      if (label) {
        dom.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
        label.onclick = () => this.editor.commands.focus();
      }
      return {};
    };
    return [new Plugin({ view: describe })];
  },
});

/** Keeps the caret visible between the toolbar above the text and the bar at the end of the form. */
export const CaretInView = Extension.create({
  name: "caretInView",

  addProseMirrorPlugins() {
    const heightOf = (element) => (element?.offsetHeight ?? 0) + 16;
    const { editor } = this;
    const room = {
      left: 0,
      right: 0,
      get top() {
        const frame = editor.view.dom.closest(".prose-editor");
        return heightOf(frame?.querySelector(".prose-menubar")) + (frame?.querySelector(".richtext-bar")?.offsetHeight ?? 0);
      },
      get bottom() {
        return heightOf(document.querySelector(".form-bar"));
      },
    };
    return [new Plugin({ props: { scrollThreshold: room, scrollMargin: room } })];
  },
});

/**
 * Headings that keep the anchor that the server assigned, so that links stay valid when their words change. Of two
 * headings with one anchor, the server gives the later one its own.
 */
export const AnchoredHeading = Heading.extend({
  // No notes, because headings are repeated in the table of contents.
  marks: "bold italic code link",

  addAttributes() {
    return { ...this.parent?.(), id: { default: null } };
  },

  // The id is not rendered in the form: a heading "Content" would get the admin's styles for #content.
  addNodeView() {
    return ({ node }) => {
      const dom = document.createElement(`h${node.attrs.level}`);
      const isSame = (other) => other.type === node.type && other.attrs.level === node.attrs.level;
      return { dom, contentDOM: dom, update: isSame };
    };
  },
});

/** Return whether text typed at the cursor would be part of a note. */
function isInNote({ schema, selection, storedMarks }) {
  return selection.empty && Boolean(schema.marks.note.isInSet(storedMarks ?? selection.$from.marks()));
}

/** Writing goes on in a note while characters are typed, corrected or replaced at its end. */
function continueNote(transactions, before, state) {
  const { $from, empty } = state.selection;
  const note = state.schema.marks.note;
  const isTyping = transactions.some((transaction) => transaction.docChanged) && isInNote(before);
  if (!isTyping || !empty || isInNote(state) || !note.isInSet($from.nodeBefore?.marks ?? [])) return null;
  return state.tr.addStoredMark(note.create());
}

/**
 * Notes: text shown beside or below the body under a number, and written inline where it belongs. Text after the end of
 * a note is not part of it, unless the note is being written.
 */
export const Note = Mark.create({
  name: "note",
  // Outside all other marks, so that a note with a link in it is a single element.
  priority: 1100,
  inclusive: false,
  keepOnSplit: false,

  parseHTML() {
    return [{ tag: "small" }];
  },

  renderHTML() {
    return ["small", 0];
  },

  ...tools(() => [
    {
      name: "note",
      groups: "marks",
      icon: "speaker_notes",
      label: "Note or source (Ctrl Alt N)",
      command: (editor) => editor.chain().focus().toggleMark("note").run(),
      active: (editor) => editor.isActive("note"),
      enabled: (editor) => editor.can().toggleMark("note"),
      slash: { name: "source", title: "Note or source", words: "footnote" },
    },
  ]),

  addProseMirrorPlugins() {
    return [new Plugin({ appendTransaction: continueNote })];
  },

  addKeyboardShortcuts() {
    const leave = ({ editor }) => {
      const isAtItsEnd = Boolean(editor.state.storedMarks) && isInNote(editor.state);
      return isAtItsEnd && editor.commands.unsetMark("note");
    };
    return {
      "Mod-Alt-n": ({ editor }) => editor.commands.toggleMark("note"),
      ArrowRight: leave,
      End: (context) => leave(context) && false, // and to the end of the line
    };
  },
});
