// Snippets: texts that are written once and shown in many others. In the editor a snippet is a single node with its name
// and the beginning of its text: <figure data-snippet="ref:publishing.snippet/5">.
import { Node } from "django-prose-editor/editor";
import { insertBlock } from "richtext/captions";
import { element, labelled, openDialog } from "richtext/dialogs";
import { createFinder } from "richtext/finder";
import { ask } from "richtext/requests";
import { dialogCommand, tools } from "richtext/tools";

function openSnippetDialog(editor, { findUrl, addUrl, kind }) {
  const search = labelled("Find a snippet by its name", { type: "search" });
  const finder = createFinder(search.input, {
    url: findUrl,
    kind,
    none: "No snippets yet. Add one.",
    onPick(record) {
      dialog.close();
      const content = [{ type: "snippet", attrs: { ref: `ref:${record.ref}` } }, { type: "paragraph" }];
      insertBlock(editor, editor.state.selection.from, content, 2);
    },
  });
  const dialog = openDialog(editor, {
    title: "Snippet",
    content: [search.field, ...finder.nodes, element("a", { href: addUrl, target: "_blank", textContent: "Add a snippet (in a new tab)" })],
    submitText: "Choose",
    async onSubmit() {
      if (!(await finder.takeOnly())) return "Choose one of the snippets.";
    },
  });
  finder.refresh();
}

export const Snippet = Node.create({
  name: "snippet",
  group: "block",
  atom: true,
  draggable: true,
  priority: 200,

  addAttributes() {
    const parseHTML = (dom) => dom.dataset.snippet;
    return { ref: { default: "", parseHTML, renderHTML: ({ ref }) => ({ "data-snippet": ref }) } };
  },

  parseHTML() {
    return [{ tag: "figure[data-snippet]", priority: 110 }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["figure", HTMLAttributes];
  },

  addNodeView() {
    const { findUrl } = this.options;
    return ({ node }) => {
      const name = element("strong", { textContent: "Snippet" });
      const words = element("span", { textContent: "" });
      const dom = element("div", { className: "richtext-snippet", contentEditable: "false" }, name, " ", words);
      ask(findUrl, { parameters: [["q", node.attrs.ref]] }).then(
        ({ results: [found] }) => {
          name.textContent = `Snippet: ${found?.title ?? "deleted"}`;
          words.textContent = found?.kind ?? "";
        },
        () => {},
      );
      return { dom, ignoreMutation: () => true };
    };
  },

  addCommands() {
    return { addSnippet: () => dialogCommand(() => null, (editor) => openSnippetDialog(editor, this.options)) };
  },

  ...tools(() => [
    {
      name: "snippet",
      icon: "content_paste",
      label: "Snippet",
      run: "addSnippet",
      active: (editor) => editor.isActive("snippet"),
      slash: { name: "snippet", words: "reusable shared text block" },
    },
  ]),
});
