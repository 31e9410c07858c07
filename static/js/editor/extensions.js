// Extensions of the editor beyond its library; the names are those in publishing/admin/richtext_widget.py.
import { Code, Extension, Plugin } from "django-prose-editor/editor";

export { ComparisonTable } from "richtext/comparisons";
export { Fact } from "richtext/facts";
export { AnchoredHeading } from "richtext/headings";
export { RecordLink } from "richtext/links";
export { Note } from "richtext/notes";
export { CleanPaste } from "richtext/paste";
export { Figure, FigureCaption, Picture } from "richtext/pictures";
export { CaptionedTable, TableCaption, TableCell, TableHeader, TableRows } from "richtext/tables";

/** Code that may also be bold or a link, as in stored texts; the library's excludes other marks. */
export const InlineCode = Code.extend({ excludes: "" });

/** Labels the editor with the label of the textarea. */
export const FormLabel = Extension.create({
  name: "formLabel",

  onCreate() {
    const { dom } = this.editor.view;
    const label = dom.closest(".prose-editor")?.querySelector("textarea")?.labels?.[0];
    dom.setAttribute("role", "textbox");
    dom.setAttribute("aria-multiline", "true");
    if (!label) return;
    dom.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
    label.addEventListener("click", () => this.editor.commands.focus());
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
        return heightOf(editor.view.dom.closest(".prose-editor")?.querySelector(".prose-menubar"));
      },
      get bottom() {
        return heightOf(document.querySelector(".form-bar"));
      },
    };
    return [new Plugin({ props: { scrollThreshold: room, scrollMargin: room } })];
  },
});
