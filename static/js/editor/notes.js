// Notes: text shown beside or below the body under a number, and written inline where it belongs.
import { Mark } from "django-prose-editor/editor";

export const Note = Mark.create({
  name: "note",
  // Outside all other marks, so that a note with a link in it is a single element.
  priority: 1100,
  inclusive: true,
  exitable: true,

  parseHTML() {
    return [{ tag: "small" }];
  },

  renderHTML() {
    return ["small", 0];
  },

  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "note",
      groups: "marks",
      button: buttons.material("speaker_notes", "Note or source (Ctrl Alt N)"),
      command: (editor) => editor.chain().focus().toggleMark("note").run(),
      active: (editor) => editor.isActive("note"),
      enabled: (editor) => editor.can().toggleMark("note"),
    });
  },

  addKeyboardShortcuts() {
    return { "Mod-Alt-n": ({ editor }) => editor.commands.toggleMark("note") };
  },
});
