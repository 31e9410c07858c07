// Replacements while typing: numbered lists, links as in Markdown, dashes and quotation marks. Backspace or Ctrl Z right
// after a replacement restores what was typed. The library applies none in code.
import { Extension, InputRule, OrderedList as Ordered, wrappingInputRule } from "django-prose-editor/editor";

/** The library's list does not begin at "1. ". Larger numbers, as of years, begin no list. */
export const OrderedList = Ordered.extend({
  addInputRules() {
    return [
      wrappingInputRule({
        find: /^(\d{1,2})\.\s$/,
        type: this.type,
        getAttributes: ([, start]) => ({ start: Number(start) }),
        joinPredicate: ([, start], before) => before.childCount + before.attrs.start === Number(start),
      }),
    ];
  },
});

/** A rule that replaces the end of the typed text by `write(match)`, in its marks: the end of a note would not go on. */
const replacement = (find, write) =>
  new InputRule({
    find,
    handler: ({ state: { schema, tr }, range, match }) => {
      const { marks } = tr.doc.resolve(range.to).nodeBefore;
      tr.replaceWith(range.from, range.to, schema.text(write(match), marks));
    },
  });

const dash = ([, before, hyphens, after]) => `${before}${hyphens.length === 2 ? "–" : "—"}${after}`;

export const Typing = Extension.create({
  name: "typing",

  addInputRules() {
    return [
      // Only between words or spaces: "--flag" stays.
      replacement(/(\s)(---?)(\s)$/, dash),
      replacement(/([\p{L}\p{N}])(---?)([\p{L}\p{N}])$/u, dash),
      replacement(/(^|[\s([{–—/“‘])(["'])$/, ([, before, mark]) => before + (mark === '"' ? "“" : "‘")),
      replacement(/["']$/, ([mark]) => (mark === '"' ? "”" : "’")),
    ];
  },
});
