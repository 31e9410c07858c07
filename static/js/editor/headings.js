// Headings that keep their anchor: what was linked to once stays there when its words change. The server gives it.
import { Heading, Plugin, pm } from "django-prose-editor/editor";

const { Fragment, Slice } = pm.model;

function anchorsIn(doc) {
  const found = new Set();
  doc.descendants((node) => {
    if (node.attrs.id) found.add(node.attrs.id);
  });
  return found;
}

/** The same content, its headings without those anchors. */
function withoutAnchors(content, taken) {
  const children = content.content.map((node) => {
    if (node.isText) return node;
    const attrs = taken.has(node.attrs.id) ? { ...node.attrs, id: null } : node.attrs;
    return node.type.create(attrs, withoutAnchors(node.content, taken), node.marks);
  });
  return Fragment.fromArray(children);
}

export const AnchoredHeading = Heading.extend({
  // No notes: the words of a heading stand in the contents too.
  marks: "bold italic code link",

  addAttributes() {
    return { ...this.parent?.(), id: { default: null } };
  },

  // On the page of the form the id stays away, since a heading "Content" would take the style of the admin's own.
  addNodeView() {
    return ({ node }) => {
      const dom = document.createElement(`h${node.attrs.level}`);
      const isSame = (other) => other.type === node.type && other.attrs.level === node.attrs.level;
      return { dom, contentDOM: dom, update: isSame };
    };
  },

  addProseMirrorPlugins() {
    // A copied heading is a new one; one that was cut out, or is dragged to another place, is still itself.
    const transformPasted = (slice, view) => {
      if (view.dragging?.move) return slice;
      const content = withoutAnchors(slice.content, anchorsIn(view.state.doc));
      return new Slice(content, slice.openStart, slice.openEnd);
    };
    return [...(this.parent?.() ?? []), new Plugin({ props: { transformPasted } })];
  },
});
