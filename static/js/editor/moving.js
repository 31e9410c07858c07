// Blocks are moved by Alt and the arrow keys, within lists and tables their items and rows, and by a handle beside the
// block under the pointer.
import { Extension, Plugin, pm } from "django-prose-editor/editor";
import { element } from "richtext/dialogs";

const { NodeSelection } = pm.state;
const HOLDERS = new Set(["doc", "bulletList", "orderedList", "table"]);

/** A row of headings stays where it is; with cells across rows, so do all rows. */
function isFixed(row) {
  return row.type.name === "tableRow" && row.childCount > 1 && [row.firstChild, row.lastChild].every(({ type }) => type.name === "tableHeader");
}

function hasTallCells(table) {
  let found = false;
  table.descendants((node) => (found ||= (node.attrs.rowspan ?? 1) > 1));
  return found;
}

/** The selected blocks, items or rows among their siblings: {holder, first, last, from, to}; `first` is an index. */
function selectedParts({ selection: { $from, $to, from, to } }) {
  for (let depth = $from.sharedDepth(to); depth >= 0; depth -= 1) {
    const holder = $from.node(depth);
    if (!HOLDERS.has(holder.type.name)) continue;
    const isWhole = $from.depth === depth; // the selection is a node of the holder
    return {
      holder,
      first: $from.index(depth),
      last: isWhole ? $to.indexAfter(depth) - 1 : $to.index(depth),
      from: isWhole ? from : $from.before(depth + 1),
      to: isWhole ? to : $to.after(depth + 1),
    };
  }
}

/** Swap the selected parts with the sibling before (-1) or after (1). The sibling moves, so the cursor stays put. */
function move(step) {
  return ({ state, tr, dispatch }) => {
    const { holder, first, last, from, to } = selectedParts(state);
    const sibling = holder.maybeChild(step < 0 ? first - 1 : last + 1);
    const isTable = holder.type.name === "table";
    if (!sibling || (isTable && (isFixed(sibling) || isFixed(holder.child(first)) || hasTallCells(holder)))) return true;
    if (dispatch) {
      const start = step < 0 ? from - sibling.nodeSize : to;
      tr.delete(start, start + sibling.nodeSize);
      tr.insert(step < 0 ? to - sibling.nodeSize : from, sibling);
      tr.scrollIntoView();
    }
    return true;
  };
}

/** {dom, position} of the top-level block at a height of the window, or null. */
function blockAt(view, y) {
  for (const dom of view.dom.children) {
    const { top, bottom } = dom.getBoundingClientRect();
    if (y < top || y > bottom) continue;
    const inside = view.posAtDOM(dom, 0);
    const $inside = view.state.doc.resolve(inside);
    return { dom, position: $inside.depth ? $inside.before(1) : inside };
  }
  return null;
}

/** The handle. It is for the pointer alone: the keyboard has Alt and the arrows. */
function makeHandle(view) {
  const handle = element("div", {
    className: "richtext-handle material-icons",
    draggable: true,
    hidden: true,
    title: "Drag to move (Alt ↑ ↓)",
    textContent: "drag_indicator",
    "aria-hidden": "true",
  });
  let block = null;

  const select = () => {
    const selection = NodeSelection.create(view.state.doc, block.position);
    view.dispatch(view.state.tr.setSelection(selection));
    view.focus();
    return selection;
  };
  handle.addEventListener("click", () => block && select());
  handle.addEventListener("dragstart", (event) => {
    const selection = select();
    const slice = selection.content();
    const { dom, text } = view.serializeForClipboard(slice);
    event.dataTransfer.clearData();
    event.dataTransfer.setData("text/html", dom.innerHTML);
    event.dataTransfer.setData("text/plain", text);
    event.dataTransfer.effectAllowed = "copyMove";
    event.dataTransfer.setDragImage(block.dom, 0, 0);
    view.dragging = { slice, move: true, node: selection };
  });
  handle.addEventListener("dragend", () => (view.dragging = null));

  return {
    handle,
    follow(event) {
      if (event.buttons || !view.editable) return;
      block = blockAt(view, event.clientY) ?? block; // between two blocks it stays
      handle.hidden = !block;
      if (!block || !handle.offsetParent) return; // no handles on narrow screens
      const { top, height } = block.dom.getBoundingClientRect();
      handle.style.top = `${top - handle.offsetParent.getBoundingClientRect().top}px`;
      handle.style.height = `${height}px`;
    },
    forget() {
      block = null;
      handle.hidden = true;
    },
  };
}

export const MovedBlocks = Extension.create({
  name: "movedBlocks",

  addKeyboardShortcuts() {
    return {
      "Alt-ArrowUp": ({ editor }) => editor.commands.command(move(-1)),
      "Alt-ArrowDown": ({ editor }) => editor.commands.command(move(1)),
    };
  },

  addProseMirrorPlugins() {
    return [
      new Plugin({
        view(view) {
          const { handle, follow, forget } = makeHandle(view);
          // The text and the margin beside it. The library builds this frame before the editor.
          const frame = view.dom.parentElement;
          frame.append(handle);
          frame.addEventListener("pointermove", follow);
          const leave = (event) => event.buttons || forget();
          frame.addEventListener("pointerleave", leave);
          return {
            update: (_view, before) => before.doc.eq(view.state.doc) || forget(),
            destroy() {
              frame.removeEventListener("pointermove", follow);
              frame.removeEventListener("pointerleave", leave);
              handle.remove();
            },
          };
        },
      }),
    ];
  },
});
