// The panel “Before you publish”: it checks the input after each autosave, shows the number of problems on its tab and
// beside the buttons, leads to the place of a finding, and applies fixes for names in the editor, where Ctrl Z undoes
// them.

const panel = document.querySelector("[data-preflight-findings]");
const form = panel?.closest("form");
const isQuiet = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const textOf = (field) => form.querySelector(`.field-${CSS.escape(field)} .ProseMirror[contenteditable]`);

/** The position of the `nth` occurrence of `words` in the editor: {from, to}, or null. Counted like on the server. */
function placeOf(editor, words, nth) {
  const starts = [];
  let whole = "";
  editor.state.doc.descendants((node, position) => {
    if (!node.isTextblock) return true;
    const text = node.textBetween(0, node.content.size, "\n", (leaf) => (leaf.type.name === "hardBreak" ? "\n" : "\ufffc"));
    if (text.trim()) {
      starts.push({ at: whole.length, position: position + 1 });
      whole += `${text}\n`;
    }
    return false;
  });
  let at = -words.length;
  for (let count = 0; count <= nth; count += 1) {
    at = whole.indexOf(words, at + words.length);
    if (at < 0) return null;
  }
  const start = starts.findLast((block) => block.at <= at);
  const from = start.position + at - start.at;
  return { from, to: from + words.length };
}

/** Apply the fix in a button's value; return whether the words were still there. */
function change(choice) {
  const words = choice.get("words");
  const editor = textOf(choice.get("field"))?.editor;
  const place = editor && placeOf(editor, words, Number(choice.get("nth") ?? 0));
  if (!place) return false;
  const marks = editor.state.doc.resolve(place.from + 1).marks();
  const chain = editor.chain();
  const put = choice.get("put") ?? words;
  if (put !== words) chain.insertContentAt(place, { type: "text", text: put, marks: marks.map((mark) => mark.toJSON()) });
  const to = place.from + put.length;
  if (choice.get("do") === "link") {
    chain.setTextSelection({ from: place.from, to }).setLink({ href: `ref:${choice.get("ref")}` });
  }
  return chain.setTextSelection(to).run();
}

/** Apply all certain links, from the last to the first so that positions stay valid; return whether all succeeded. */
function linkAll() {
  const links = [...form.querySelectorAll("button[data-certain]")].map(({ value }) => new URLSearchParams(value));
  return links.reverse().map(change).every(Boolean);
}

/** Apply the fix of a button, and check the input again. */
function press({ value }, button, hint) {
  const choice = new URLSearchParams(value);
  const what = choice.get("do");
  const isRule = what === "ignore";
  const isDone = isRule || (what === "link-all" ? linkAll() : change(choice));
  const say = isDone ? "" : "Some of the text has changed since: these checks cover the current text.";
  check(button, hint, isRule ? { _names: value } : {}, say);
}

/** Go to a name in the text; return whether it was found. */
function goToName({ dataset }, text) {
  const place = text?.editor && placeOf(text.editor, dataset.preflightWords, Number(dataset.preflightNth));
  if (!place) return false;
  text.editor.chain().focus().setTextSelection(place).run();
  const { node } = text.editor.view.domAtPos(place.from);
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  element.scrollIntoView({ block: "center", behavior: isQuiet() ? "auto" : "smooth" });
  return true;
}

function goToElement({ dataset }, text) {
  const tags = dataset.preflightTags;
  const place = (tags && text.querySelectorAll(tags)[Number(dataset.preflightIndex)]) || text;
  text.focus({ preventScroll: true });
  const selection = getSelection();
  selection.selectAllChildren(place.querySelector("p") ?? place); // in a table, the first cell
  selection.collapseToStart();
  place.scrollIntoView({ block: "center", behavior: isQuiet() ? "auto" : "smooth" });
  // Not by a class, which the editor would treat as a change of the text.
  const outline = ["3px solid var(--accent)", "3px solid var(--accent)", "3px solid transparent"];
  place.animate({ outline, outlineOffset: ["3px", "3px", "3px"] }, 2500);
}

function goTo(event, link) {
  const field = link.hash.slice("#id_".length);
  const text = textOf(field);
  if (link.dataset.preflightWords) {
    if (goToName(link, text)) event.preventDefault();
  } else if (text) {
    event.preventDefault();
    goToElement(link, text);
  } // to other fields by js/admin.js
}

const CURRENT = "These checks cover the current text of the form.";
let changes = 0; // of the input since the form was opened
let running = null; // the AbortController of the check under way

/** Show the number of problems on the tab and beside the buttons: that of the findings, or none while they are old. */
function showCount(isCurrent) {
  const sum = isCurrent ? panel.querySelector("[data-problems]") : null;
  const count = Number(sum?.dataset.problems);
  const hidden = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: count === 1 ? " problem" : " problems" });
  form.querySelector("[data-problem-count]").replaceChildren(...(count ? [` (${count}`, hidden, ")"] : []));
  const words = sum?.dataset.problems ? sum.textContent.replace(/\.$/, "") : "Not checked yet";
  Object.assign(form.querySelector("[data-problem-words]"), { textContent: words, hidden: false });
  const said = form.querySelector("[data-problems-said]");
  if (isCurrent && said.textContent !== `Checks: ${words}`) said.textContent = `Checks: ${words}`; // announced if new
}

/** The input has changed: the findings are no longer those of the current text. */
function showAsOld(hint) {
  changes += 1;
  panel.toggleAttribute("data-old", true);
  hint.textContent = "The text has changed since these checks. They run again after the next save.";
  showCount(false);
}

/** Check the unsaved input, with the additional values `add`; open folds and the focus are kept. */
async function check(button, hint, add = {}, say = "") {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const checked = changes;
  const body = new FormData(form);
  for (const [name, value] of Object.entries(add)) body.set(name, value);
  const open = [...panel.querySelectorAll("details")].map((fold) => fold.open);
  const hadFocus = panel.contains(document.activeElement);
  button.disabled = true;
  try {
    const response = await fetch(new URL("../preflight/", location.href), { method: "POST", body, signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]) });
    if (!response.ok || response.redirected) throw new Error();
    panel.innerHTML = await response.text();
    const looks = panel.querySelector(".preflight__looks");
    if (looks) form.querySelector("[data-appearance]").replaceChildren(looks);
    for (const [place, fold] of panel.querySelectorAll("details").entries()) fold.open = open[place] ?? false;
    if (hadFocus) (panel.querySelector("#preflight-names") ?? button).focus();
    if (checked !== changes) return; // checked again after the next save
    panel.toggleAttribute("data-old", false);
    hint.textContent = say || CURRENT;
    showCount(true);
  } catch {
    if (signal.aborted) return;
    hint.textContent = "The server does not respond. Save the draft to check again.";
  } finally {
    button.disabled = false;
  }
}

/** Returns the button that checks the input. */
function start() {
  const hint = panel.closest(".preflight").querySelector("[data-preflight-hint]");
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button", textContent: "Check now" });
  button.addEventListener("click", () => check(button, hint));
  hint.before(button);
  document.addEventListener("draft:changed", () => showAsOld(hint));
  document.addEventListener("draft:saved", () => check(button, hint));
  panel.addEventListener("click", (event) => {
    const link = event.target.closest(".preflight__go");
    if (link) goTo(event, link);
    const pressed = event.target.closest("button[name=_names]");
    if (pressed) press(pressed, button, hint);
  });
  return button;
}

if (form && location.pathname.endsWith("/change/")) start();
else if (form) document.addEventListener("draft:stored", () => start().click(), { once: true }); // more may be typed by now
