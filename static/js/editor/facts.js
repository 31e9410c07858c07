// Facts of records in a sentence: stored by record and name (fact:catalog.aimodel/17/context_tokens), shown with
// today's value. A custom wording is appended as ?up%20to%20{}.
import { Extension } from "django-prose-editor/editor";
import { element, labelled, openDialog } from "richtext/dialogs";
import { cautionLabel, choice, createFinder, oneTabStop, takeFirst, walkByArrows } from "richtext/finder";
import { ask } from "richtext/requests";
import { tools } from "richtext/tools";

const FACT = /^fact:([a-z]\w*\.[a-z]\w*\/\d+)\/(\w+)(?:\?(.*))?$/;
const VALUE = "{}";

/** The parts of a fact's address: {ref, name, wording}; null for any other address. */
export function factFrom(href) {
  const match = FACT.exec(href ?? "");
  if (!match) return null;
  try {
    return { ref: match[1], name: match[2], wording: decodeURIComponent(match[3] ?? "") };
  } catch {
    return { ref: match[1], name: match[2], wording: "" };
  }
}

function addressOf({ ref, name, wording }) {
  const isPlain = !wording || wording === VALUE;
  return `fact:${ref}/${name}${isPlain ? "" : `?${encodeURIComponent(wording).replace(/%7B%7D/g, VALUE)}`}`;
}

/** Resolves to {title, caution, facts: [{name, label, value}]}. */
const factsOf = (url, ref) => ask(url, { parameters: [["ref", ref]] });

function insert(editor, range, fact, words) {
  const text = { type: "text", text: words, marks: [{ type: "link", attrs: { href: addressOf(fact) } }] };
  editor.chain().focus().insertContentAt(range ?? editor.state.selection, text).run();
}

export function removeLink(editor, link) {
  editor.chain().focus().setTextSelection(link).unsetLink().setTextSelection(link.to).run();
}

/** Search a record by name. */
function chooseRecord(editor, options, range) {
  const { field, input } = labelled("Find a record by its name", {}, "For example: GPT-4o");
  const finder = createFinder(input, {
    url: options.findUrl,
    kind: options.kind,
    isQuery: (text) => text.length > 1,
    onPick(record) {
      dialog.close();
      chooseFact(editor, options, record.ref, range);
    },
  });
  const dialog = openDialog(editor, {
    title: "Catalogue fact",
    content: [field, ...finder.nodes],
    submitText: "Continue",
    onSubmit: async () => ((await finder.takeOnly()) ? undefined : ""),
  });
}

/** Choose one of the facts of a record; each is shown with its value. */
async function chooseFact(editor, options, ref, range, chosen = "") {
  let found;
  try {
    found = await factsOf(options.factsUrl, ref);
  } catch (error) {
    const words = element("p", { role: "alert", textContent: `The facts could not be loaded. ${error.message}` });
    openDialog(editor, { title: "Catalogue fact", content: [words], submitText: "Close", onSubmit() {} });
    return;
  }
  const list = element("ul", { className: "richtext-finder richtext-finder--facts", "aria-label": "Facts" });
  const { field, input } = labelled("Filter", { type: "search" }, "Press Enter to choose the first fact.");
  if (found.caution) field.append(cautionLabel(found.caution));
  const pick = (fact) => {
    dialog.close();
    insert(editor, range, { ref, name: fact.name, wording: "" }, fact.value);
  };
  const lines = found.facts.map((fact) => {
    const made = choice(fact.label, fact.value || "unknown", () => pick(fact), { disabled: !fact.value });
    const line = element("li", {}, made);
    return { line, fact, words: `${fact.label} ${fact.value}`.toLowerCase() };
  });
  const filter = () => {
    const parts = input.value.toLowerCase().split(/\s+/);
    const shown = lines.filter(({ words }) => parts.every((part) => words.includes(part)));
    list.replaceChildren(...shown.map(({ line }) => line));
    oneTabStop(list);
  };
  const dialog = openDialog(editor, {
    title: `Fact about ${found.title}`,
    content: [field, list],
    submitText: "Insert",
    actions: { "Choose another record": () => chooseRecord(editor, options, range) },
    onSubmit: () => (takeFirst(list) ? undefined : "No known fact has these words."),
  });
  filter();
  input.addEventListener("input", filter);
  walkByArrows(input, list);
  (lines.find(({ fact }) => fact.name === chosen)?.line.querySelector("button") ?? input).focus();
}

/** Change the wording of a fact in the text, replace it by another, or turn it into plain text. */
export function openFactDialog(editor, options, link, fact) {
  const words = editor.state.doc.textBetween(link.from, link.to);
  const value = element("p", { className: "richtext-dialog__help", textContent: `Now: ${words}` });
  const { field, input } = labelled(
    "Wording",
    { value: fact.wording || VALUE, maxLength: 80 },
    `${VALUE} stands for the value with its unit, {number} for the bare number. For example: up to ${VALUE}`,
  );
  openDialog(editor, {
    title: "Catalogue fact",
    content: [value, field],
    submitText: "Set wording",
    actions: {
      "Another fact": () => chooseFact(editor, options, fact.ref, link, fact.name),
      "Convert to plain text": () => removeLink(editor, link),
    },
    onSubmit() {
      const wording = input.value.trim();
      if (!wording.includes(VALUE) && !wording.includes("{number}")) return `Wording: include ${VALUE} where the value belongs.`;
      reword(editor, options, link, { ...fact, wording });
    },
  });
  input.select();
}

async function reword(editor, options, link, fact) {
  const known = await factsOf(options.factsUrl, fact.ref).catch(() => ({ facts: [] }));
  const value = known.facts.find(({ name }) => name === fact.name)?.value;
  const words = value ? fact.wording.replaceAll(VALUE, value).replaceAll("{number}", value.split(" ")[0]) : fact.wording;
  insert(editor, link, fact, words);
}

export const Fact = Extension.create({
  name: "fact",

  addCommands() {
    return {
      addFact: () => ({ editor }) => {
        chooseRecord(editor, this.options, null);
        return true;
      },
    };
  },

  ...tools(() => [
    {
      name: "fact",
      groups: "link",
      icon: "data_object",
      label: "Catalogue fact (Ctrl Alt K)",
      run: "addFact",
      active: (editor) => Boolean(factFrom(editor.getAttributes("link").href)),
      enabled: (editor) => editor.can().setMark("link"),
      slash: { name: "fact", title: "Catalogue fact", words: "price value model" },
    },
  ]),

  addKeyboardShortcuts() {
    return { "Mod-Alt-k": ({ editor }) => editor.commands.addFact() };
  },
});
