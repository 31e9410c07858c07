// Pasted content is converted by the server, by the same rules as imported files: publishing/importing/. If it does not
// respond, the editor reads the content itself.
import { Extension, Plugin, pm } from "django-prose-editor/editor";
import { button, element } from "richtext/dialogs";
import { ask } from "richtext/requests";

const { PluginKey, TextSelection } = pm.state;
const WAIT_MS = 15_000;
const key = new PluginKey("cleanPaste");
const HANDLER = /[\s/]on\w+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi;

/** Event handlers never run here, but the browser would report each as a violation of the content security policy. */
const withoutHandlers = (html) => withoutClaims(html).replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(HANDLER, " "));

/** Only content copied in this editor may contain tables from the catalogue. */
const withoutClaims = (html) => (html.includes("data-pm-slice") ? html : html.replace(/\sdata-table\s*=/gi, " data-none="));

/** Matches text that may be Markdown; only such text is sent to the server. */
const MARKDOWN = /^(?:#{1,6} |\s{0,3}[-*+] |\s{0,3}\d{1,3}[.)] |```|~~~|> ?\[!|\|)|\||\*\*|\]\(|\[\^/m;

/** The report of a paste below the editor. Its element exists beforehand, so that screen readers announce it. */
function makeReport(view) {
  const lines = element("ul", { className: "richtext-report__lines" });
  const close = button("Close", () => {
    show([]);
    view.focus();
  });
  const box = element("div", { className: "richtext-report__box", hidden: true }, lines, close);
  const place = element("div", { className: "richtext-report", role: "status", "aria-label": "Paste report" }, box);
  const show = (sentences) => {
    lines.replaceChildren(...sentences.map((textContent) => element("li", { textContent })));
    box.hidden = sentences.length === 0;
  };
  return { place, show };
}

/** Insert HTML at the place of the paste, by the editor's own rules for pasted content. */
function insert(view, range, html, isPlain = false) {
  const { doc, tr } = view.state;
  view.dispatch(tr.setSelection(TextSelection.between(doc.resolve(range.from), doc.resolve(range.to))));
  if (isPlain) view.pasteText(html);
  else view.pasteHTML(html);
}

/** The range after a change. If its own text has changed, the range becomes empty, so that typed text is kept. */
function carried({ from, to }, tr, side) {
  const start = tr.mapping.map(from, side);
  const end = Math.max(start, tr.mapping.map(to, side));
  const isSame = tr.before.textBetween(from, to, "\n") === tr.doc.textBetween(start, end, "\n");
  return { from: start, to: isSame ? end : start };
}

export const CleanPaste = Extension.create({
  name: "cleanPaste",

  addProseMirrorPlugins() {
    const { url } = this.options;
    let report = null;
    let form = null;
    let inserting = null;
    let isShifted = false;
    const pending = new Map();

    async function convert(view, id, pasted, text) {
      let sentences;
      let answer = null;
      try {
        const token = form?.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
        const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
        const signal = AbortSignal.timeout(WAIT_MS);
        answer = await ask(url, { method: "POST", headers, body: JSON.stringify(pasted), signal });
        sentences = answer.report;
      } catch (error) {
        sentences = [`${error.message} The text was inserted as the editor reads it: check its lists, tables and links.`];
      }
      const range = key.getState(view.state)?.get(id);
      if (view.isDestroyed || !range) return;
      inserting = id;
      try {
        if (pasted.html) insert(view, range, answer ? answer.html : pasted.html);
        else insert(view, range, answer?.html ?? text, !answer?.html);
      } finally {
        inserting = null;
        view.dispatch(view.state.tr.setMeta(key, { done: id }));
      }
      if (pasted.text && answer?.html) sentences = ["This was converted from Markdown. Ctrl Z undoes it; Ctrl Shift V pastes plain text.", ...sentences];
      if (pasted.html || answer?.html) report?.show(sentences);
    }

    // Submitting waits for conversions, whose content would otherwise be missing.
    function waitForPastes(event) {
      if (!pending.size) return;
      event.preventDefault();
      const { submitter } = event;
      Promise.allSettled([...pending.values()]).then(() => form.requestSubmit(submitter));
    }

    return [
      new Plugin({
        key,
        // The place of each paste, mapped through edits until its response arrives.
        state: {
          init: () => new Map(),
          apply(tr, places) {
            const { begun, done } = tr.getMeta(key) ?? {};
            if (!tr.docChanged && !begun && !done) return places;
            const moved = new Map();
            let side = -1; // text typed at the place of a paste, and a later paste there, come after it
            for (const [id, range] of places) {
              if (id !== done) moved.set(id, carried(range, tr, side));
              if (id === inserting) side = 1;
            }
            if (begun) moved.set(begun.id, { from: begun.from, to: begun.to });
            return moved;
          },
        },
        view(view) {
          report = makeReport(view);
          const frame = view.dom.closest(".prose-editor") ?? view.dom;
          frame.after(report.place);
          form = view.dom.closest("form");
          form?.addEventListener("submit", waitForPastes);
          return {
            destroy() {
              report.place.remove();
              form?.removeEventListener("submit", waitForPastes);
            },
          };
        },
        props: {
          transformPastedHTML: withoutHandlers,
          handleKeyDown(_view, event) {
            isShifted = event.shiftKey;
            return false;
          },
          handlePaste(view, event) {
            const html = event.clipboardData?.getData("text/html") ?? "";
            const text = event.clipboardData?.getData("text/plain") ?? "";
            const { $from, from, to } = view.state.selection;
            // The editor's own content is pasted as is, and so is text in code.
            const isOwn = html.includes("data-pm-slice");
            if (inserting || isOwn || $from.parent.type.spec.code) return false;
            if (!html && (isShifted || !MARKDOWN.test(text))) return false;
            if (!html && view.state.selection.empty === false && !text.includes("\n")) return false;
            const id = crypto.randomUUID?.() ?? String(performance.now());
            view.dispatch(view.state.tr.setMeta(key, { begun: { id, from, to } }));
            const work = convert(view, id, html ? { html } : { text }, text).finally(() => pending.delete(id));
            pending.set(id, work);
            return true;
          },
        },
      }),
    ];
  },
});
