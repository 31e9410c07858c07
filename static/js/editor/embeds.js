// Videos and boards of other sites, stored by provider and id: <figure data-embed="youtube:…">. Nothing is loaded from
// there in the editor.
import { Node, Plugin, pm } from "django-prose-editor/editor";
import { enclosing, insertBlock } from "richtext/captions";
import { element, labelled, openDialog } from "richtext/dialogs";

const { TextSelection } = pm.state;
const currentEmbed = (state) => enclosing(state, "embed");

/** The stored form of the address of a video or board; "" for any other address. */
function embedOf(address, providers) {
  for (const [name, { address: pattern }] of Object.entries(providers)) {
    const match = new RegExp(`^(?:${pattern})$`).exec(address.trim());
    if (match) return `${name}:${match[1]}`;
  }
  return "";
}

/** Insert an embed after the block at the cursor, or change the one there. */
function setEmbed(editor, embed) {
  const found = currentEmbed(editor.state);
  if (found) editor.chain().focus().updateAttributes("embed", { embed }).run();
  else insertBlock(editor, editor.state.selection.from, { type: "embed", attrs: { embed }, content: [{ type: "embedCaption" }] }, 2);
}

function openEmbedDialog(editor, { providers }) {
  const found = currentEmbed(editor.state);
  const titles = Object.values(providers).map(({ title }) => title).join(", ");
  const address = labelled("Address", { type: "url", inputMode: "url", required: true }, `Of a page of ${titles}.`);
  const stored = element("p", { className: "richtext-dialog__help", textContent: `Now: ${found?.node.attrs.embed ?? ""}` });
  const remove = () => editor.chain().focus().setNodeSelection(found.position).deleteSelection().run();
  openDialog(editor, {
    title: found ? "Edit video or board" : "Video or board",
    content: [...(found ? [stored] : []), address.field],
    submitText: found ? "Save" : "Insert",
    actions: found ? { Remove: remove } : {},
    onSubmit() {
      const embed = embedOf(address.input.value, providers);
      if (!embed) return `Address: enter that of a video, presentation or board of ${titles}.`;
      setEmbed(editor, embed);
    },
  });
  address.input.focus();
}

export const Embed = Node.create({
  name: "embed",
  group: "block",
  content: "embedCaption",
  draggable: true,
  isolating: true,
  // Before the figures of images, and before pasted text is converted.
  priority: 200,

  addAttributes() {
    return { embed: { default: "", parseHTML: (dom) => dom.dataset.embed, renderHTML: ({ embed }) => ({ "data-embed": embed }) } };
  },

  parseHTML() {
    return [{ tag: "figure[data-embed]", priority: 100 }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["figure", HTMLAttributes, 0];
  },

  addCommands() {
    return {
      addEmbed: () => ({ editor, state, dispatch }) => {
        const isPossible = Boolean(currentEmbed(state)) || state.selection.$from.depth < 2;
        if (isPossible && dispatch) openEmbedDialog(editor, this.options);
        return isPossible;
      },
    };
  },

  addSlashItems() {
    const words = `embed youtube ${Object.values(this.options.providers).map(({ title }) => title).join(" ")}`;
    const isPossible = (editor) => editor.can().addEmbed();
    return [{ name: "video", title: "Video or board", words, icon: "smart_display", isPossible, run: (editor) => editor.commands.addEmbed() }];
  },

  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "embed",
      groups: "nodes",
      button: buttons.material("smart_display", "Video or board"),
      command: (editor) => editor.commands.addEmbed(),
      active: (editor) => Boolean(currentEmbed(editor.state)),
      enabled: (editor) => editor.can().addEmbed(),
    });
  },

  addProseMirrorPlugins() {
    const { editor, options } = this;
    // An address pasted on a line of its own; Ctrl Z turns it back.
    const handlePaste = (view, event) => {
      const { $from, empty } = view.state.selection;
      const isOwnLine = empty && $from.depth === 1 && $from.parent.type.name === "paragraph" && !$from.parent.childCount;
      const embed = isOwnLine && embedOf(event.clipboardData?.getData("text/plain") ?? "", options.providers);
      if (!embed) return false;
      setEmbed(editor, embed);
      return true;
    };
    return [new Plugin({ props: { handlePaste } })];
  },
});

/** The line below an embed, always there; if left empty, it is not stored. */
export const EmbedCaption = Node.create({
  name: "embedCaption",
  content: "inline*",
  isolating: true,
  defining: true,

  parseHTML() {
    return [{ tag: "figcaption", context: "embed/" }];
  },

  renderHTML() {
    return ["figcaption", 0];
  },

  addKeyboardShortcuts() {
    return {
      Enter: ({ editor }) => {
        if (!editor.isActive("embedCaption")) return false;
        const end = editor.state.selection.$from.after(1);
        return editor.chain().insertContentAt(end, { type: "paragraph" }).focus(end + 1).run();
      },
      Backspace: ({ editor }) => {
        const { $from } = editor.state.selection;
        if (!editor.isActive("embedCaption") || $from.parent.childCount) return false;
        return editor.commands.command(({ tr }) => {
          const start = $from.before(-1);
          tr.replaceWith(start, $from.after(-1), editor.schema.nodes.paragraph.create());
          tr.setSelection(TextSelection.create(tr.doc, start + 1));
          return true;
        });
      },
    };
  },
});
