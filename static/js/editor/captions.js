// Captions of figures and tables: a single line, added and removed by a command.
import { Node, pm } from "django-prose-editor/editor";

const { TextSelection } = pm.state;

/** The enclosing or selected node of that type: {node, position}, or null. */
export function enclosing({ selection }, type) {
  if (selection.node?.type.name === type) return { node: selection.node, position: selection.from };
  for (let depth = selection.$from.depth; depth > 0; depth -= 1) {
    const node = selection.$from.node(depth);
    if (node.type.name === type) return { node, position: selection.$from.before(depth) };
  }
  return null;
}

/**
 * Insert a block after the one at `position`, replacing an empty paragraph there; return its end. The cursor goes to
 * `inside` after its start.
 */
export function insertBlock(editor, position, content, inside) {
  const { doc } = editor.state;
  const place = doc.resolve(Math.min(position, doc.content.size));
  const isEmpty = place.depth === 1 && place.parent.type.name === "paragraph" && !place.parent.childCount;
  const to = place.depth ? place.after(1) : place.pos;
  const from = isEmpty ? place.before(1) : to;
  editor.chain().insertContentAt({ from, to }, content).focus(from + inside).run();
  return from + editor.state.doc.nodeAt(from).nodeSize;
}

/** The caption node of the type `holder`, its first or last child. `leave(editor)` handles Enter in it. */
export function captionOf(holder, { name, tag, context, isFirst, command, leave }) {
  return Node.create({
    name,
    content: "inline*",
    isolating: true,
    defining: true,

    parseHTML() {
      return [{ tag, context }];
    },

    renderHTML() {
      return [tag, 0];
    },

    addCommands() {
      return {
        [command]: () => ({ state, tr, dispatch }) => {
          const found = enclosing(state, holder);
          if (!found || !dispatch) return Boolean(found);
          const caption = isFirst ? found.node.firstChild : found.node.lastChild;
          const start = isFirst ? found.position + 1 : found.position + found.node.nodeSize - 1;
          if (caption.type.name !== name) {
            tr.insert(start, state.schema.nodes[name].create());
            tr.setSelection(TextSelection.create(tr.doc, start + 1));
          } else if (isFirst) {
            tr.delete(start, start + caption.nodeSize);
            tr.setSelection(TextSelection.near(tr.doc.resolve(start + 1)));
          } else tr.delete(start - caption.nodeSize, start);
          return true;
        },
      };
    },

    addKeyboardShortcuts() {
      const isEmpty = ({ selection }) => !selection.$from.parent.childCount;
      return {
        Enter: ({ editor }) => editor.isActive(name) && leave(editor),
        Backspace: ({ editor }) => editor.isActive(name) && isEmpty(editor.state) && editor.commands[command](),
      };
    },
  });
}
