// What the editor knows beyond its library: the names are those of publishing/richtext/widget.py.
import { Code, Extension, Plugin } from "django-prose-editor/editor";

export { Fact } from "richtext/facts";
export { AnchoredHeading } from "richtext/headings";
export { RecordLink } from "richtext/links";
export { Note } from "richtext/notes";
export { Figure, FigureCaption, Picture } from "richtext/pictures";
export { CaptionedTable, TableCaption, TableCell, TableHeader, TableRows } from "richtext/tables";

/** Code that may also be bold or a link, as in stored texts: the library's takes the other marks away. */
export const InlineCode = Code.extend({ excludes: "" });

/** Gives the editor the name that the form's label gave to the textarea. */
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

/**
 * Takes event handlers out of pasted HTML. The editor would drop them anyway and they never run, but the browser
 * reports each as a breach of the content security policy when the editor first reads the text.
 */
export const QuietPaste = Extension.create({
  name: "quietPaste",

  addProseMirrorPlugins() {
    const HANDLER = /[\s/]on\w+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi;
    const transformPastedHTML = (html) => html.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(HANDLER, " "));
    return [new Plugin({ props: { transformPastedHTML } })];
  },
});
