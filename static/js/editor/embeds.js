// Videos and boards of other sites, stored by provider and id: <figure data-embed="youtube:…">. Nothing is loaded from
// there in the editor.
import { Node, Plugin, pm } from "django-prose-editor/editor";
import { captionOf, enclosing, insertBlock } from "richtext/captions";
import { element, labelled, openDialog } from "richtext/dialogs";
import { dialogCommand, tools } from "richtext/tools";

const { TextSelection } = pm.state;
const currentEmbed = (state) => enclosing(state, "embed");
const titlesOf = (providers, separator) => Object.values(providers).map(({ title }) => title).join(separator);

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
  const titles = titlesOf(providers, ", ");
  const address = labelled("Address", { type: "url", inputMode: "url", required: true }, `From ${titles}.`);
  const stored = element("p", { className: "richtext-dialog__help", textContent: `Now: ${found?.node.attrs.embed ?? ""}` });
  const remove = () => editor.chain().focus().setNodeSelection(found.position).deleteSelection().run();
  openDialog(editor, {
    title: found ? "Edit video, slides or board" : "Video, slides or board",
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

  addNodeView() {
    return ({ node: { attrs: { embed } } }) => {
      const dom = element("figure", { "data-embed": embed, "data-title": this.options.providers[embed.split(":")[0]]?.title ?? embed });
      return { dom, contentDOM: dom };
    };
  },

  addCommands() {
    return { addEmbed: () => dialogCommand(currentEmbed, (editor) => openEmbedDialog(editor, this.options)) };
  },

  ...tools(({ providers }) => [
    {
      name: "embed",
      icon: "smart_display",
      label: "Video, slides or board",
      run: "addEmbed",
      active: ({ state }) => Boolean(currentEmbed(state)),
      slash: { name: "video", words: `embed youtube ${titlesOf(providers, " ")}` },
    },
  ]),

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
export const EmbedCaption = captionOf("embed", {
  name: "embedCaption",
  tag: "figcaption",
  remove: (editor) =>
    editor.commands.command(({ tr, state }) => {
      const { node, position } = currentEmbed(state);
      tr.replaceWith(position, position + node.nodeSize, state.schema.nodes.paragraph.create());
      tr.setSelection(TextSelection.create(tr.doc, position + 1));
      return true;
    }),
});
