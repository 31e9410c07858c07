// Headings that keep the anchor that the server assigned, so that links stay valid when their words change. Of two
// headings with one anchor, the server gives the later one its own.
import { Heading } from "django-prose-editor/editor";

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
