// The menu that "/" opens at the start of a block or after a space. Extensions offer items by `tools` (richtext/tools).
//
// `name` is what writers type after "/", `words` are further words that find it, `icon` is a name of Material Icons.
// `command(editor)` is called when "/name" has been removed from the text, with the cursor in its place; `enabled(editor)`
// returns whether it can be inserted there.
import { Extension, Plugin, getExtensionField, pm } from "django-prose-editor/editor";
import { element } from "richtext/dialogs";
import { hide, placeBeside } from "richtext/floating";

const { PluginKey } = pm.state;
const key = new PluginKey("slashMenu");
const OPENING = /(?:^|\s)\/$/;
const QUERY = /^\/([\p{L}\p{N}]*)$/u;
const NOT_TEXT = "\ufffc";

/** Items of the editor itself; `run` is a command of the library, with an argument. */
const own = (name, title, words, icon, run, argument) => ({
  name,
  title,
  words,
  icon,
  enabled: (editor) => editor.can()[run](argument),
  command: (editor) => editor.chain().focus()[run](argument).run(),
});
const OWN = [
  own("heading2", "Heading 2", "h2 title section", "title", "setHeading", { level: 2 }),
  own("heading3", "Heading 3", "h3 title section", "title", "setHeading", { level: 3 }),
  own("heading4", "Heading 4", "h4 title section", "title", "setHeading", { level: 4 }),
  own("list", "Bulleted list", "bullets unordered ul", "format_list_bulleted", "toggleBulletList"),
  own("numbers", "Numbered list", "list ordered ol", "format_list_numbered", "toggleOrderedList"),
  own("quote", "Quotation", "blockquote", "format_quote", "toggleBlockquote"),
  own("code", "Code block", "pre", "terminal", "toggleCodeBlock"),
  own("divider", "Divider", "rule line hr", "horizontal_rule", "setHorizontalRule"),
];

/** Items that the menu shows before all others, by name. */
const FIRST = ["table", "fact", "image"];

function itemsOf(editor) {
  const others = editor.extensionManager.extensions.flatMap((extension) => {
    const { name, options } = extension;
    const context = { name, options, storage: editor.storage[name], editor };
    return getExtensionField(extension, "addSlashItems", context)?.() ?? [];
  });
  return [...OWN, ...others].sort((one, other) => FIRST.indexOf(other.name) - FIRST.indexOf(one.name));
}

/** The possible items with a word that starts with the query; those of that name first. */
function matching(editor, items, query) {
  const text = query.toLowerCase();
  const isNamed = ({ name, title }) => name.startsWith(text) || title.toLowerCase().startsWith(text);
  return items
    .filter((item) => isNamed(item) || `${item.title} ${item.words}`.toLowerCase().split(" ").some((word) => word.startsWith(text)))
    .filter((item) => item.enabled(editor))
    .sort((one, other) => isNamed(other) - isNamed(one));
}

/** The text of the block before the cursor, from a position; null in code or with a selection. */
function textBefore({ selection, doc }, from) {
  const { $from, empty } = selection;
  const isCode = $from.parent.type.spec.code || $from.marks().some((mark) => mark.type.spec.code);
  return empty && $from.parent.isTextblock && !isCode ? doc.textBetween(from ?? $from.start(), $from.pos, NOT_TEXT, NOT_TEXT) : null;
}

/** {from, query} while the menu is open, else null: `from` is the position of the slash. */
function nextState(tr, open, state) {
  if (tr.getMeta(key) === "close") return null;
  if (open) {
    const from = tr.mapping.map(open.from);
    const match = from < state.selection.from && QUERY.exec(textBefore(state, from) ?? "");
    return match ? { from, query: match[1] } : null;
  }
  const isOneTyped = tr.docChanged && tr.doc.content.size === tr.before.content.size + 1;
  return isOneTyped && OPENING.test(textBefore(state) ?? "") ? { from: state.selection.from - 1, query: "" } : null;
}

/** The list itself. The focus stays in the text, where aria-activedescendant names the active option. */
function makeList(view, onPick) {
  const id = `slash-menu-${crypto.randomUUID?.() ?? performance.now()}`;
  const dom = element("ul", { id, className: "richtext-slash", role: "listbox", "aria-label": "Insert", popover: "manual", tabIndex: 0 });
  let items = [];
  let at = 0;
  dom.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the text
  dom.addEventListener("click", (event) => {
    const place = [...dom.children].indexOf(event.target.closest("li"));
    if (place >= 0) onPick(items[place]);
  });

  function mark(place) {
    at = (place + items.length) % items.length;
    for (const [index, option] of [...dom.children].entries()) option.setAttribute("aria-selected", String(index === at));
    dom.children[at].scrollIntoView({ block: "nearest" });
    view.dom.setAttribute("aria-activedescendant", dom.children[at].id);
  }

  function option({ title, name, icon }, index) {
    const picture = element("span", { className: "material-icons", "aria-hidden": "true", textContent: icon });
    const typed = element("span", { className: "richtext-slash__name", "aria-hidden": "true", textContent: `/${name}` });
    return element("li", { id: `${id}-${index}`, role: "option" }, picture, element("span", { textContent: title }), typed);
  }

  return {
    dom,
    get active() {
      return items[at];
    },
    move: (step) => mark(at + step),
    show(found, rect) {
      const isSame = found.length === items.length && found.every((item, index) => item === items[index]);
      items = found;
      if (!items.length) {
        this.close();
        return;
      }
      if (!isSame) dom.replaceChildren(...items.map(option));
      view.dom.setAttribute("aria-controls", id);
      placeBeside(dom, view, rect, { isList: true });
      if (!isSame) mark(0);
    },
    close() {
      items = [];
      hide(dom);
      view.dom.removeAttribute("aria-controls");
      view.dom.removeAttribute("aria-activedescendant");
    },
  };
}

export const SlashMenu = Extension.create({
  name: "slashMenu",
  // Before the other meanings of Enter, Tab and the arrows.
  priority: 1000,

  addProseMirrorPlugins() {
    const { editor } = this;
    let items = null;
    let list = null;
    const close = (view) => view.dispatch(view.state.tr.setMeta(key, "close"));

    function pick(item) {
      const { from } = key.getState(editor.state);
      editor.chain().focus().deleteRange({ from, to: editor.state.selection.from }).run();
      item.command(editor);
    }

    function show(view) {
      const open = key.getState(view.state);
      if (!open) {
        list.close();
        return;
      }
      items ??= itemsOf(editor);
      list.show(matching(editor, items, open.query), view.coordsAtPos(open.from));
    }

    return [
      new Plugin({
        key,
        state: { init: () => null, apply: (tr, open, _before, state) => nextState(tr, open, state) },
        view(view) {
          list = makeList(view, pick);
          view.dom.after(list.dom);
          const follow = () => key.getState(view.state) && show(view);
          window.addEventListener("scroll", follow, { passive: true });
          return {
            update(_view, before) {
              if (key.getState(before) !== key.getState(view.state)) show(view);
            },
            destroy() {
              window.removeEventListener("scroll", follow);
              list.dom.remove();
            },
          };
        },
        props: {
          handleKeyDown(view, event) {
            if (!list?.active || event.ctrlKey || event.metaKey || event.altKey) return false;
            const actions = {
              ArrowDown: () => list.move(1),
              ArrowUp: () => list.move(-1),
              Enter: () => pick(list.active),
              Tab: () => pick(list.active),
              Escape: () => close(view),
            };
            if (!(event.key in actions)) return false;
            actions[event.key]();
            event.stopPropagation();
            return true;
          },
          handleDOMEvents: {
            blur(view) {
              if (key.getState(view.state)) close(view);
            },
          },
        },
      }),
    ];
  },
});
