// Callouts: notes, tips and warnings set apart from the text, <aside data-kind="tip">.
import { Node } from "django-prose-editor/editor";
import { mayInsert, tools } from "richtext/tools";

const isIn = (editor) => editor.isActive("callout");
const toggle = (kind) => (editor) => editor.chain().focus().toggleCallout(kind).run();

export const Callout = Node.create({
  name: "callout",
  group: "block",
  content: "block+",
  defining: true,

  addAttributes() {
    return { kind: { default: "note", parseHTML: (dom) => dom.dataset.kind, renderHTML: ({ kind }) => ({ "data-kind": kind }) } };
  },

  parseHTML() {
    return [{ tag: "aside" }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["aside", HTMLAttributes, 0];
  },

  addCommands() {
    return {
      /** Make the blocks a callout of this kind, change the kind of the callout around them, or take it away. */
      toggleCallout: (kind) => ({ editor, commands }) => {
        if (editor.isActive("callout", { kind })) return commands.lift("callout");
        if (editor.isActive("callout")) return commands.updateAttributes("callout", { kind });
        return mayInsert(editor.state) && commands.wrapIn("callout", { kind });
      },
    };
  },

  ...tools(({ kinds }) => [
    {
      name: "callout",
      icon: "info",
      label: "Callout",
      command: (editor) => toggle(editor.getAttributes("callout").kind ?? "note")(editor),
      active: isIn,
      enabled: (editor) => isIn(editor) || editor.can().toggleCallout("note"),
    },
    ...Object.entries(kinds).map(([kind, label]) => ({
      name: `callout:${kind}`,
      label,
      command: toggle(kind),
      active: (editor) => editor.isActive("callout", { kind }),
      enabled: (editor) => editor.can().toggleCallout(kind),
      hidden: (editor) => !isIn(editor),
      slash: { name: kind, title: `Callout: ${label.toLowerCase()}`, words: "callout aside box hint", icon: "info" },
    })),
  ]),
});
