// Tools of the editor, declared once for the menu bar and for the list that "/" opens (richtext/slash).

/** Whether a block can be inserted at the cursor: not within tables, lists and callouts. */
export const mayInsert = ({ selection }) => selection.$from.depth < 2;

/** A command that opens a dialog where a block can be inserted, or where `current(state)` finds one to change. */
export function dialogCommand(current, open) {
  return ({ editor, state, dispatch }) => {
    const isPossible = Boolean(current(state)) || mayInsert(state);
    if (isPossible && dispatch) open(editor);
    return isPossible;
  };
}

/**
 * The methods by which an extension offers the tools that `make(options)` returns: items of the menu, whose button has an
 * `icon` with a `label`, or the label alone. `run` names the command of the editor for which `command` and `enabled`
 * stand otherwise. With `slash`, {name, title, words}, a tool is in the list too; its title is the label by default.
 */
export function tools(make) {
  const all = (options) =>
    make(options).map(({ run, ...tool }) => ({
      ...(run && { command: (editor) => editor.commands[run](), enabled: (editor) => editor.can()[run]() }),
      ...tool,
    }));
  return {
    addMenuItems({ menu, buttons }) {
      for (const { icon, label, slash, ...item } of all(this.options)) {
        menu.defineItem({ groups: "nodes", button: icon ? buttons.material(icon, label) : buttons.text(label), ...item });
      }
    },

    addSlashItems() {
      const listed = all(this.options).filter(({ slash }) => slash);
      return listed.map(({ icon, label, command, enabled, slash }) => ({ icon, title: label, command, enabled, ...slash }));
    },
  };
}
