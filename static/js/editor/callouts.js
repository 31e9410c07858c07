// Callouts: notes, tips and warnings set apart from the text, <aside data-kind="tip">.
import { Node } from "django-prose-editor/editor";

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
        return editor.state.selection.$from.depth < 2 && commands.wrapIn("callout", { kind });
      },
    };
  },

  addSlashItems() {
    return Object.entries(this.options.kinds).map(([kind, title]) => ({
      name: kind,
      title: `Callout: ${title.toLowerCase()}`,
      words: "callout aside box hint",
      icon: "info",
      isPossible: (editor) => editor.can().toggleCallout(kind),
      run: (editor) => editor.commands.toggleCallout(kind),
    }));
  },

  addMenuItems({ menu, buttons }) {
    const isIn = (editor) => editor.isActive("callout");
    const toggle = (kind) => (editor) => editor.chain().focus().toggleCallout(kind).run();
    menu.defineItem({
      name: "callout",
      groups: "nodes",
      button: buttons.material("info", "Callout"),
      command: (editor) => toggle(editor.getAttributes("callout").kind ?? "note")(editor),
      active: isIn,
      enabled: (editor) => isIn(editor) || editor.can().toggleCallout("note"),
    });
    for (const [kind, title] of Object.entries(this.options.kinds)) {
      menu.defineItem({
        name: `callout:${kind}`,
        groups: "nodes",
        button: buttons.text(title),
        command: toggle(kind),
        active: (editor) => editor.isActive("callout", { kind }),
        hidden: (editor) => !isIn(editor),
      });
    }
  },
});
