// Comments on passages of a text, stored outside it: a passage is found again by its quotation and context.
import { Extension, Plugin, pm } from "django-prose-editor/editor";
import { tools } from "richtext/tools";

const { PluginKey, TextSelection } = pm.state;
const { Decoration, DecorationSet } = pm.view;
const KEY = new PluginKey("passages");
// Characters, as publishing/workflow/comment.py allows.
const LONGEST = 1000;
const CONTEXT = 60;
const ANCHOR = 24; // of the context, needed to find a passage that was rewritten
const DISTINCT = 12; // a shorter quotation also needs some of its context
const SIMILAR = 0.65; // the share of its longer words by which an edited passage is found without its context
const PAUSE_MS = 300;
const editors = new Map(); // by the name of the field
let threads = [];
let listeners = {};

/** Set functions: comment(passage), found(ids of the passages in the texts), open(id of a clicked passage). */
export function listen(functions) {
  listeners = functions;
}

/** Highlight the passages of threads: [{id, field, quotation, prefix, suffix, isResolved}]. */
export function place(newThreads) {
  threads = newThreads;
  for (const editor of editors.values()) highlight(editor);
}

/** Scroll to the passage of a thread and put the caret there. */
export function show(id) {
  for (const editor of editors.values()) {
    const [passage] = KEY.getState(editor.state).find(undefined, undefined, (spec) => spec.id === id);
    if (!passage) continue;
    const selection = TextSelection.create(editor.state.doc, passage.from, passage.to);
    editor.view.dispatch(editor.state.tr.setSelection(selection).scrollIntoView());
    editor.view.focus();
  }
}

/** The text of a document, with a line break between blocks, and the position of each character. */
function textOf(doc) {
  let text = "";
  const positions = [];
  doc.descendants((node, position) => {
    const words = node.isText ? node.text : node.isTextblock && text ? "\n" : "";
    for (let at = 0; at < words.length; at += 1) positions.push(position + at);
    text += words;
  });
  return { text: plain(text), positions };
}

/** Typographic variants are equal, since the server or the editor may change them. */
const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ").replace(/[‘’]/g, "'").replace(/[“”]/g, '"');

function occurrences(text, part) {
  const found = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) found.push(at);
  return found;
}

/** The number of equal characters on both sides of a passage. */
function contextAt(text, from, to, { prefix, suffix }) {
  let before = 0;
  while (before < prefix.length && text[from - 1 - before] === prefix.at(-1 - before)) before += 1;
  let after = 0;
  while (after < suffix.length && text[to + after] === suffix[after]) after += 1;
  return before + after;
}

function byQuotation(text, passage) {
  const { quotation } = passage;
  let best = null;
  for (const from of occurrences(text, quotation)) {
    const to = from + quotation.length;
    const score = contextAt(text, from, to, passage);
    if (!best || score > best.score) best = { from, to, score };
  }
  const enough = Math.min(ANCHOR / 2, passage.prefix.length + passage.suffix.length);
  return best && (quotation.length >= DISTINCT || best.score >= enough) ? best : null;
}

/** What is now between the words before and after; null if nothing is. */
function byContext(text, { quotation, prefix, suffix }) {
  const before = prefix.trimEnd().slice(-ANCHOR);
  const after = suffix.trimStart().slice(0, ANCHOR);
  const starts = before ? occurrences(text, before).map((at) => at + before.length) : [0];
  for (const start of starts) {
    const end = after ? text.indexOf(after, start) : text.length;
    const words = end < 0 ? "" : text.slice(start, end);
    if (!words.trim() || words.length > 2 * quotation.length + ANCHOR) continue;
    // New words beside the passage do not belong to it, if its first and last ones are still there.
    const ends = quotation.trim().split(/\s+/);
    const first = words.indexOf(ends[0]);
    const last = words.lastIndexOf(ends.at(-1));
    if (first >= 0 && last > first) return { from: start + first, to: start + last + ends.at(-1).length };
    const from = start + words.length - words.trimStart().length;
    return { from, to: from + words.trim().length };
  }
  return null;
}

const longWords = (text) => [...text.toLowerCase().matchAll(/[\p{L}\p{N}]{4,}/gu)];

/** The part of the text that shares most of the longer words of the quotation. */
function byWords(text, { quotation }) {
  const wanted = longWords(quotation).map(([word]) => word);
  if (wanted.length < 3) return null;
  const words = longWords(text);
  let best = null;
  for (const [first, start] of words.entries()) {
    const rest = [...wanted];
    let last = null;
    for (const word of words.slice(first, first + Math.ceil(wanted.length * 1.5))) {
      const at = rest.indexOf(word[0]);
      if (at < 0 && word === start) break;
      if (at < 0) continue;
      rest.splice(at, 1);
      last = word;
    }
    const share = 1 - rest.length / wanted.length;
    if (last && share >= (best?.share ?? SIMILAR)) {
      if (share !== best?.share) best = { from: start.index, to: last.index + last[0].length, share };
    }
  }
  return best;
}

/** Find a passage in a text: {from, to}, or null if it was deleted. The same text always gives the same answer. */
export function locate(text, passage) {
  const [quotation, prefix, suffix] = [passage.quotation, passage.prefix, passage.suffix].map(plain);
  const wanted = { quotation, prefix, suffix };
  return byQuotation(text, wanted) ?? byContext(text, wanted) ?? byWords(text, wanted);
}

function highlight(editor) {
  const { text, positions } = textOf(editor.state.doc);
  const passages = [];
  for (const thread of threads) {
    if (!thread.quotation || thread.isResolved || partOf(thread.field) !== partOf(fieldOf(editor))) continue;
    const found = locate(text, thread);
    if (!found) continue;
    const attributes = { class: "commented", "data-thread": thread.id };
    passages.push(Decoration.inline(positions[found.from], positions[found.to - 1] + 1, attributes, { id: thread.id }));
  }
  // Without a change nothing is dispatched: that would reset a selection which the browser is about to report.
  const places = (found) => JSON.stringify(found.map(({ from, to, spec }) => [spec.id, from, to]).sort());
  if (places(passages) !== places(KEY.getState(editor.state).find())) {
    editor.view.dispatch(editor.state.tr.setMeta(KEY, DecorationSet.create(editor.state.doc, passages)));
  }
  const ids = [...editors.values()].flatMap(({ state }) => KEY.getState(state).find().map(({ spec }) => spec.id));
  listeners.found?.(new Set(ids));
}

const fieldOf = (editor) => editor.view.dom.closest(".prose-editor")?.querySelector("textarea")?.name;

/** The numbers of sections change, so that their passages are looked for in all of them. */
const partOf = (field) => field?.split("-")[0];

function comment(editor) {
  const { from, to } = editor.state.selection;
  const { text, positions } = textOf(editor.state.doc);
  const isWithin = (position) => position >= from && position < to;
  const start = positions.findIndex(isWithin);
  if (start < 0 || !listeners.comment) return false;
  const end = Math.min(positions.findLastIndex(isWithin) + 1, start + LONGEST);
  const [prefix, suffix] = [text.slice(Math.max(0, start - CONTEXT), start), text.slice(end, end + CONTEXT)];
  listeners.comment({ field: fieldOf(editor), quotation: text.slice(start, end), prefix, suffix });
  return true;
}

export const Passages = Extension.create({
  name: "passages",

  onCreate() {
    editors.set(fieldOf(this.editor), this.editor);
    if (threads.length) highlight(this.editor);
  },

  addProseMirrorPlugins() {
    const { editor } = this;
    let timer = 0;
    return [
      new Plugin({
        key: KEY,
        state: {
          init: () => DecorationSet.empty,
          apply: (tr, set) => tr.getMeta(KEY) ?? set.map(tr.mapping, tr.doc),
        },
        props: {
          decorations: (state) => KEY.getState(state),
          handleClick(view, position) {
            const [passage] = KEY.getState(view.state).find(position, position);
            if (passage) listeners.open?.(passage.spec.id);
            return false;
          },
        },
        view: () => ({
          update(view, { doc }) {
            if (doc.eq(view.state.doc)) return;
            clearTimeout(timer);
            timer = setTimeout(() => view.isDestroyed || highlight(editor), PAUSE_MS);
          },
        }),
      }),
    ];
  },

  ...tools(() => [
    {
      name: "comment",
      groups: "marks",
      icon: "add_comment",
      label: "Comment (Ctrl Alt M)",
      command: comment,
      enabled: (editor) => Boolean(listeners.comment) && !editor.state.selection.empty,
    },
  ]),

  addKeyboardShortcuts() {
    return { "Mod-Alt-m": ({ editor }) => comment(editor) };
  },
});
