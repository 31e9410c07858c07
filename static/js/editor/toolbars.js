// The menu bar, which Tab passes on its way into the text, and a bar of the same buttons at the place of work: for
// selected words, for the table or image with the cursor, and for the link at the cursor. Alt F10 leads from the text to the bar
// at the place, else to the menu bar; Escape leads back.
import { Extension, Plugin, pm } from "django-prose-editor/editor";
import { enclosing } from "richtext/captions";
import { element } from "richtext/dialogs";
import { factFrom } from "richtext/facts";
import { hide, placeBeside } from "richtext/floating";

const { TextSelection } = pm.state;
const GROUPS = { text: ["marks", "link", "headings", "lists"], table: ["table"], figure: ["figure"], link: ["link"] };
const LABELS = { text: "Selected text", table: "Table", figure: "Image", link: "Link" };
// The names of items that are no switches.
const ACTIONS = /^(history|unlink|comment|table(?!:header|:toggle|:caption))/;

/**
 * Make a bar a toolbar: the arrow keys move between its buttons, and Escape leads back to the text. Returns a function to
 * call after changes.
 */
function rove(bar, label, editor) {
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", label);
  const shown = () => [...bar.querySelectorAll("button:not(.hidden)")];
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") editor.view.focus();
    const buttons = shown();
    const at = buttons.indexOf(document.activeElement);
    const places = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 };
    if (!(event.key in places) || at < 0) return;
    event.preventDefault();
    buttons.at(places[event.key] % buttons.length).focus();
  });
  return () => {
    const scrolls = bar.scrollWidth > bar.clientWidth && getComputedStyle(bar).overflowX !== "visible";
    for (const button of bar.querySelectorAll("button")) {
      // A bar that scrolls sideways needs a place for the focus.
      button.tabIndex = scrolls && button === shown()[0] ? 0 : -1;
      button.setAttribute("aria-disabled", String(button.classList.contains("disabled")));
      if (!ACTIONS.test(button.dataset.name)) button.setAttribute("aria-pressed", String(button.classList.contains("active")));
    }
  };
}

/** The rectangle of the window around a range of the text. */
function rectangleOf(view, from, to) {
  const [start, end] = [view.coordsAtPos(from, 1), view.coordsAtPos(to, -1)];
  const left = start.top === end.top ? start.left : Math.min(start.left, end.left);
  return { left, top: Math.min(start.top, end.top), bottom: Math.max(start.bottom, end.bottom) };
}

/** {group, rect} of the bar for the present selection, or null; `group` is one of GROUPS. */
function placeFor(editor) {
  const { view, state } = editor;
  const { selection } = state;
  if (!view.hasFocus()) return null;
  const isText = selection instanceof TextSelection;
  if (isText && !selection.empty && !selection.$from.parent.type.spec.code) {
    return { group: "text", rect: rectangleOf(view, selection.from, selection.to) };
  }
  for (const [group, type] of [["table", "captionedTable"], ["figure", "figure"]]) {
    const block = enclosing(state, type);
    if (block) return { group, rect: view.nodeDOM(block.position).getBoundingClientRect() };
  }
  if (isText && editor.isActive("link")) return { group: "link", rect: rectangleOf(view, selection.from, selection.from) };
  return null;
}

/** Where the link at the cursor leads, in words. */
function targetOf({ href }) {
  if (!href) return "";
  if (factFrom(href)) return "Fact of the catalogue";
  return href.startsWith("ref:") ? "Page of this site" : href;
}

/** The bar at the place of work, filled from the items of the menu. */
function makeContextBar(editor) {
  const { menu } = editor.storage.menu;
  const dom = element("div", { className: "richtext-bar", popover: "manual" });
  const target = element("span", { className: "richtext-bar__target" });
  const refresh = rove(dom, LABELS.text, editor);
  let shown = "";
  let items = [];

  function copyOf({ name, button, command, enabled }) {
    const copy = button.cloneNode(true);
    copy.dataset.name = name;
    copy.addEventListener("click", () => enabled(editor) && command(editor));
    return copy;
  }

  function fill(group) {
    shown = group;
    items = GROUPS[group].flatMap((name) => menu.items(name)).map((item) => ({ ...item, copy: copyOf(item) }));
    dom.replaceChildren(...items.map(({ copy }) => copy), target);
    dom.setAttribute("aria-label", LABELS[group]);
  }

  dom.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection
  dom.addEventListener("focusout", ({ relatedTarget }) => relatedTarget !== editor.view.dom && !dom.contains(relatedTarget) && hide(dom));

  return {
    dom,
    show() {
      const place = placeFor(editor);
      if (!place) {
        if (!dom.contains(document.activeElement)) hide(dom);
        return;
      }
      if (place.group !== shown) fill(place.group);
      for (const { copy, active, enabled, hidden } of items) {
        copy.classList.toggle("active", Boolean(active(editor)));
        copy.classList.toggle("disabled", !enabled(editor));
        copy.classList.toggle("hidden", Boolean(hidden(editor)));
      }
      target.textContent = shown === "link" ? targetOf(editor.getAttributes("link")) : "";
      refresh();
      // On a touch screen the browser's own menu is above the selection.
      placeBeside(dom, editor.view, place.rect, { isAbove: shown === "table" || matchMedia("(hover: hover)").matches, isInside: shown === "figure" });
    },
    focus() {
      const bar = dom.matches(":popover-open") ? dom : editor.storage.menu.dom;
      bar.querySelector("button:not(.hidden, .disabled)")?.focus();
      return bar.contains(document.activeElement);
    },
  };
}

/** The words of the slash menu for what the library calls otherwise, by names of buttons. */
const WORDS = { bulletList: "Bulleted list", orderedList: "Numbered list", blockquote: "Quotation", horizontalRule: "Divider" };

export const Toolbars = Extension.create({
  name: "toolbars",

  onCreate() {
    const { editor } = this;
    // The library writes "bold", and gives a code block the icon of code in a line.
    for (const button of editor.storage.menu.dom.querySelectorAll("[title]:not([title=''])")) {
      const { name } = button.dataset;
      button.title = button.ariaLabel = WORDS[name] ?? button.title[0].toUpperCase() + button.title.slice(1);
      if (name === "codeBlock") button.textContent = "terminal";
    }
    const refresh = rove(editor.storage.menu.dom, "Format", editor);
    refresh();
    editor.on("transaction", refresh);
  },

  addKeyboardShortcuts() {
    return { "Alt-F10": () => this.storage.bar?.focus() ?? false };
  },

  addProseMirrorPlugins() {
    const { editor, storage } = this;
    const isPressed = { pointer: false };
    return [
      new Plugin({
        view(view) {
          // The items of the menu exist only once the editor does, and a selection is not finished while it is dragged.
          const show = () => {
            if (!editor.storage.menu.dom || isPressed.pointer) return;
            if (!storage.bar) {
              storage.bar = makeContextBar(editor);
              view.dom.after(storage.bar.dom);
            }
            storage.bar.show();
          };
          const soon = () => requestAnimationFrame(() => editor.isDestroyed || show());
          const press = () => (isPressed.pointer = true);
          const release = () => {
            isPressed.pointer = false;
            soon();
          };
          view.dom.addEventListener("pointerdown", press);
          const listeners = { pointerup: release, pointercancel: release, scroll: soon, resize: soon };
          for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener, { passive: true });
          editor.on("focus", soon);
          editor.on("blur", soon);
          return {
            update: soon,
            destroy() {
              for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name, listener);
              storage.bar?.dom.remove();
            },
          };
        },
      }),
    ];
  },
});
