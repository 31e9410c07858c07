// What the panel “Before you publish” does about names: in the editor where that is there, so that nothing is saved and
// Ctrl Z takes it back. Without this script its buttons save the draft.

/** Where `words` stand for the `nth` time in the text of the editor: {from, to}, or null. Counted as the server counts. */
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

const editorOf = (form, field) =>
  form.querySelector(`.field-${CSS.escape(field)} .ProseMirror[contenteditable]`)?.editor ?? null;

/** Do what a button's value says; whether the words were still there. */
function change(form, choice) {
  const words = choice.get("words");
  const editor = editorOf(form, choice.get("field"));
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

/** Link all that is certain; whether each was still there. From the last to the first, so that places stay right. */
function linkAll(form) {
  const links = [...form.querySelectorAll("button[data-certain]")].map(({ value }) => new URLSearchParams(value));
  return links.reverse().map((choice) => change(form, choice)).every(Boolean);
}

function press(button, form, panel) {
  const choice = new URLSearchParams(button.value);
  const what = choice.get("do");
  const isRule = what.startsWith("ignore") || what === "heed";
  const isDone = isRule || (what === "link-all" ? linkAll(form) : change(form, choice));
  const say = isDone ? "" : "Some of it no longer stood there: this is about what stands there now.";
  // The script of the panel asks the server what is to be said now.
  panel.dispatchEvent(new CustomEvent("preflight:check", { detail: { add: isRule ? { _names: button.value } : {}, say } }));
}

function goTo(link, form) {
  const editor = editorOf(form, link.hash.slice("#id_".length));
  const { preflightWords, preflightNth } = link.dataset;
  const place = editor && placeOf(editor, preflightWords, Number(preflightNth));
  if (!place) return false;
  editor.chain().focus().setTextSelection(place).run();
  const isQuiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const { node } = editor.view.domAtPos(place.from);
  (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).scrollIntoView({ block: "center", behavior: isQuiet ? "auto" : "smooth" });
  return true;
}

const panel = document.querySelector("[data-preflight-findings]");
const form = panel?.closest("form");
panel?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-preflight-words]");
  if (link && goTo(link, form)) event.preventDefault();
  const button = event.target.closest("button[name=_names]");
  if (!button || !form.querySelector(".ProseMirror[contenteditable]")) return;
  event.preventDefault();
  press(button, form, panel);
});
