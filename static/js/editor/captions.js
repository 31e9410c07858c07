// Captions of figures and tables: a single line, added and removed by a command.
import { Node, pm } from "django-prose-editor/editor";

const { NodeSelection, TextSelection } = pm.state;

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

/** Continue after the block that holds the cursor, in a new paragraph. */
function leaveBlock(editor, holder) {
  const { node, position } = enclosing(editor.state, holder);
  const end = position + node.nodeSize;
  return editor.chain().insertContentAt(end, { type: "paragraph" }).focus(end + 1).run();
}

/**
 * The caption node of the type `holder`, its last child or, with `isFirst`, its first. `command` names the command that
 * adds and removes it. `leave(editor, holder)` handles Enter and Tab in it, `remove(editor)` Backspace in an empty one.
 */
export function captionOf(holder, { name, tag, isFirst = false, command = "", leave = leaveBlock, remove = (editor) => editor.commands[command]() }) {
  const toggle = () => ({ state, tr, dispatch }) => {
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
    } else if (state.doc.resolve(found.position).parent.type.name === holder) {
      // A picture of a gallery needs no figure of its own without its caption.
      tr.replaceWith(found.position, start + 1, found.node.firstChild);
      tr.setSelection(NodeSelection.create(tr.doc, found.position));
    } else tr.delete(start - caption.nodeSize, start);
    return true;
  };
  return Node.create({
    name,
    content: "inline*",
    isolating: true,
    defining: true,

    parseHTML() {
      return [{ tag, context: `${holder}/` }];
    },

    renderHTML() {
      return [tag, 0];
    },

    addCommands() {
      return command ? { [command]: toggle } : {};
    },

    addKeyboardShortcuts() {
      const isEmpty = ({ selection }) => !selection.$from.parent.childCount;
      const next = ({ editor }) => editor.isActive(name) && leave(editor, holder);
      return {
        Enter: next,
        Tab: next,
        Backspace: ({ editor }) => editor.isActive(name) && isEmpty(editor.state) && remove(editor),
      };
    },
  });
}
