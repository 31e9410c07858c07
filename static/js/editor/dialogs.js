// Native <dialog> elements for the editor. They are appended to the page and not to the edited form, so that Enter in a
// dialog does not submit that form.

/**
 * Create an element. Properties are set as properties, `aria-…`, `data-…` and `role` as attributes; text is never HTML.
 */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (/^(aria-|data-|role$)/.test(key)) made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children);
  return made;
}

/** A labelled input: returns {field, input}. */
export function labelled(text, properties = {}, help = "") {
  const input = element("input", { type: "text", autocomplete: "off", ...properties });
  const words = element("span", { className: "richtext-dialog__label", textContent: text });
  const note = help ? [element("span", { className: "richtext-dialog__help", textContent: help })] : [];
  const isCheckbox = ["checkbox", "radio"].includes(properties.type);
  const field = element(
    "label",
    { className: `richtext-dialog__field${isCheckbox ? " richtext-dialog__field--check" : ""}` },
    ...(isCheckbox ? [input, words, ...note] : [words, input, ...note]),
  );
  return { field, input };
}

export function button(text, onClick, modifier = "") {
  const made = element("button", {
    type: onClick ? "button" : "submit",
    className: `richtext-dialog__button${modifier && ` richtext-dialog__button--${modifier}`}`,
    textContent: text,
  });
  if (onClick) made.addEventListener("click", onClick);
  return made;
}

/**
 * Show a modal dialog. `onSubmit` runs on its submit button and on Enter; a sentence that it returns, or resolves to, is
 * shown as a problem, and the dialog stays. Without `submitText` there is no such button. `actions` are functions by the words of their buttons, which close it.
 * Escape and Cancel close it without a change. Returns {close}. Focus goes back to the editor.
 */
export function openDialog(editor, { title, content, submitText = "", onSubmit, actions = {}, extraButtons = [], onClose = () => {} }) {
  // Removed immediately and not on the close event: otherwise the next key would press the button again.
  const close = () => {
    dialog.close();
    dialog.remove();
    editor.view.focus();
  };
  const act = (run) => () => {
    close();
    run();
  };
  const buttons = Object.entries(actions).map(([words, run]) => button(words, act(run)));
  const problem = element("p", { className: "richtext-dialog__problem", role: "alert" });
  const form = element(
    "form",
    { method: "dialog", className: "richtext-dialog__form" },
    element("h2", { className: "richtext-dialog__title", textContent: title }),
    ...content,
    problem,
    element("div", { className: "richtext-dialog__buttons" }, ...(submitText ? [button(submitText, null, "main")] : []), ...extraButtons, ...buttons, button("Cancel", close)),
  );
  const dialog = element("dialog", { className: "richtext-dialog", "aria-label": title }, form);
  let isBusy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    problem.textContent = "";
    const said = await onSubmit();
    isBusy = false;
    if (said === undefined) close();
    else problem.textContent = said;
  });
  // Keys that would scroll the page behind the dialog.
  dialog.addEventListener("keydown", (event) => {
    if (event.target.matches("button") && /^(Arrow|Home|End|Page)/.test(event.key)) event.preventDefault();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose();
    editor.commands.focus();
  });
  document.body.append(dialog);
  // A closing dialog restores the focus with the cursor at the start of the text, so the editor loses it beforehand.
  editor.view.dom.blur();
  dialog.showModal();
  return { close };
}
