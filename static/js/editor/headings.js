// Headings that keep the anchor that the server assigned, so that links stay valid when their words change.
import { Heading, Plugin, pm } from "django-prose-editor/editor";

const { Fragment, Slice } = pm.model;

function anchorsIn(doc) {
  const found = new Set();
  doc.descendants((node) => {
    if (node.attrs.id) found.add(node.attrs.id);
  });
  return found;
}

/** The same content; headings with one of the anchors `taken` lose theirs. */
function withoutAnchors(content, taken) {
  const children = content.content.map((node) => {
    if (node.isText) return node;
    const attrs = taken.has(node.attrs.id) ? { ...node.attrs, id: null } : node.attrs;
    return node.type.create(attrs, withoutAnchors(node.content, taken), node.marks);
  });
  return Fragment.fromArray(children);
}

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

  addProseMirrorPlugins() {
    // A copied heading is a new one; one that was cut or dragged keeps its anchor.
    const transformPasted = (slice, view) => {
      if (view.dragging?.move) return slice;
      const content = withoutAnchors(slice.content, anchorsIn(view.state.doc));
      return new Slice(content, slice.openStart, slice.openEnd);
    };
    return [...(this.parent?.() ?? []), new Plugin({ props: { transformPasted } })];
  },
});
