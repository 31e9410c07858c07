// Links: to an address, or to a record of the site, which is stored by key (ref:catalog.aimodel/17).
import { InputRule, Link, getMarkRange } from "django-prose-editor/editor";
import { element, labelled, openDialog } from "richtext/dialogs";
import { factFrom, openFactDialog, removeLink } from "richtext/facts";
import { createFinder } from "richtext/finder";

const RECORD = /^(ref|fact):/;

/** Whether the server would store this address: an allowed scheme, or a path or an anchor of this site. */
export function isAddress(text, schemes) {
  if (!text || /[\s\\]/.test(text)) return false;
  if (/^\/(?!\/)/.test(text) || text.startsWith("#")) return true;
  const scheme = text.match(/^([a-z][a-z0-9+.-]*):/i)?.[1].toLowerCase();
  return schemes.includes(scheme) && (!scheme.startsWith("http") || /^https?:\/\/[^/]/i.test(text));
}

/** The address for typed text: "example.com" and "name@example.com" are completed. "" if it is invalid. */
function addressFrom(text, schemes) {
  if (isAddress(text, schemes)) return text;
  if (/^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(text)) return `mailto:${text}`;
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}([/?#]\S*)?$/i.test(text)) return `https://${text}`;
  return "";
}

/** The link that is selected or at the cursor: {href, from, to}, or null. */
function currentLink(editor) {
  const { selection, schema, doc } = editor.state;
  const { from, to, empty } = selection;
  if (!empty) {
    const { href } = editor.getAttributes("link");
    return href ? { href, from, to } : null;
  }
  const range = getMarkRange(selection.$from, schema.marks.link);
  const mark = range && schema.marks.link.isInSet(doc.nodeAt(range.from).marks);
  return mark ? { href: mark.attrs.href, ...range } : null;
}

/** Set the address of the given link, of the selection, or of words inserted at the cursor. */
function setLink(editor, link, href, words) {
  const chain = editor.chain().focus();
  if (link) chain.setTextSelection(link).setLink({ href }).setTextSelection(link.to).run();
  else if (!editor.state.selection.empty) chain.setLink({ href }).run();
  else chain.insertContent({ type: "text", text: words, marks: [{ type: "link", attrs: { href } }] }).run();
}

function openLinkDialog(editor, { findUrl, factsUrl, protocols }, kind = "") {
  const link = currentLink(editor);
  const href = link?.href ?? "";
  const fact = factFrom(href);
  if (fact) {
    openFactDialog(editor, { findUrl, factsUrl }, link, fact);
    return;
  }
  const isRecord = RECORD.test(href);
  const { from, to } = editor.state.selection;
  const selected = editor.state.doc.textBetween(from, to, " ").trim().slice(0, 100);
  const { field, input } = labelled(
    kind ? "Type words of the question" : "Type a name to find a page, or an address",
    { value: isRecord ? "" : href || selected },
    kind ? "" : "For example: GPT-4o, https://example.com, /about/",
  );
  const target = element("p", { className: "richtext-dialog__help", textContent: `Links to a page of this site (${href}).` });

  const finder = createFinder(input, {
    url: `${findUrl}?for=link`,
    kind,
    isQuery: (text) => text.length > 1 && !addressFrom(text, protocols),
    onPick(record) {
      dialog.close();
      setLink(editor, link, record.address ?? `ref:${record.ref}`, record.title);
    },
  });
  const dialog = openDialog(editor, {
    title: href ? "Edit link" : kind ? "Link to a question" : "Link",
    content: [...(isRecord ? [target] : []), field, ...finder.nodes],
    submitText: "Set link",
    actions: href ? { "Remove link": () => removeLink(editor, link) } : {},
    async onSubmit() {
      const text = input.value.trim();
      if (!text && isRecord) return;
      const address = addressFrom(text, protocols);
      if (address) setLink(editor, link, address, text);
      else if (!(await finder.takeOnly())) return "Choose one of the results, or enter a complete address.";
    },
  });
  if (selected) finder.refresh();
  input.select();
}

export const RecordLink = Link.extend({
  // Text typed after a link is not part of it.
  inclusive: false,

  addOptions() {
    return {
      ...this.parent?.(),
      enableTarget: false,
      defaultProtocol: "https",
      isAllowedUri: (address, { protocols }) => isAddress(address, protocols),
    };
  },

  // Skips the registration of schemes: the library that detects typed addresses need not know them.
  onCreate() {},

  addAttributes() {
    return { href: { default: null, parseHTML: (link) => link.getAttribute("href") } };
  },

  addCommands() {
    return {
      ...this.parent?.(),
      addLink: () => ({ editor }) => {
        openLinkDialog(editor, this.options);
        return true;
      },
    };
  },

  // [words](address)
  addInputRules() {
    const rule = new InputRule({
      find: /\[([^[\]]+)\]\(([^\s()]+)\)$/,
      handler: ({ state, range, match: [, words, typed] }) => {
        const href = addressFrom(typed, this.options.protocols);
        const marks = state.doc.resolve(range.from).marks();
        if (!href) return null;
        state.tr.replaceWith(range.from, range.to, state.schema.text(words, this.type.create({ href }).addToSet(marks)));
        state.tr.removeStoredMark(this.type);
      },
    });
    return [...(this.parent?.() ?? []), rule];
  },

  addMenuItems({ menu, buttons }) {
    this.parent?.({ menu, buttons });
    menu.defineItem({
      name: "link",
      groups: "link",
      button: buttons.material("insert_link", "Link (Ctrl K)"),
      command: (editor) => editor.commands.addLink(),
      active: (editor) => editor.isActive("link"),
      enabled: (editor) => editor.isActive("link") || editor.can().setMark("link"),
    });
  },

  addSlashItems() {
    const { options } = this;
    const link = { name: "link", title: "Link to a page or an address", words: "url", icon: "insert_link", command: (editor) => openLinkDialog(editor, options) };
    const question = { ...link, name: "question", title: "Link to a question", words: "faq answer", icon: "help", command: (editor) => openLinkDialog(editor, options, "faq.question") };
    return [link, question].map((item) => ({ ...item, enabled: (editor) => editor.can().setMark("link") }));
  },

  addKeyboardShortcuts() {
    return { "Mod-k": ({ editor }) => editor.commands.addLink() };
  },
});
