// Finds records of the site by name, in the admin's own search view, and lists them as buttons.
import { element } from "richtext/dialogs";

const PAUSE_MS = 200;

/** Ask the admin: resolves to [{ref, title, kind, state, alt?, thumbnail_url?}]. Throws when it does not answer. */
export async function findRecords(url, query, { kind = "", signal } = {}) {
  const address = new URL(url, window.location.href);
  address.searchParams.set("q", query);
  if (kind) address.searchParams.set("kind", kind);
  const response = await fetch(address, { headers: { Accept: "application/json" }, signal });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return (await response.json()).results;
}

function recordButton(record, onPick) {
  const isPublic = !record.state || record.state === "published";
  const made = element("button", { type: "button", className: "richtext-finder__record" });
  if (record.thumbnail_url) {
    made.append(element("img", { className: "richtext-finder__thumbnail", src: record.thumbnail_url, alt: "" }));
  }
  made.append(
    element("span", { className: "richtext-finder__title", textContent: record.title }),
    element("span", {
      className: "richtext-finder__kind",
      textContent: isPublic ? record.kind : `${record.kind} · ${record.state}`,
    }),
  );
  made.addEventListener("click", () => onPick(record, made));
  return made;
}

/** Up and down walk through the results; up from the first goes back to the field. */
function walkByArrows(input, list) {
  const buttons = () => [...list.querySelectorAll("button")];
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && buttons().length) {
      event.preventDefault();
      buttons()[0].focus();
    }
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const place = buttons().indexOf(document.activeElement) + step;
    (place < 0 ? input : (buttons()[place] ?? buttons().at(-1))).focus();
  });
}

/**
 * Bind a search to `input`. `isQuery(text)` says whether to search for a text at all; `onPick(record, button)` is
 * called with a chosen record. Returns {nodes, refresh, focusFirst}: `nodes` go into the dialog.
 */
export function createFinder(input, { url, kind = "", isQuery = () => true, onPick }) {
  const list = element("ul", { className: "richtext-finder", "aria-label": "Results" });
  const status = element("p", { className: "richtext-finder__status", role: "status" });
  let timer = 0;
  let pending = null;

  async function refresh() {
    pending?.abort();
    const query = input.value.trim();
    if (!isQuery(query)) {
      list.replaceChildren();
      status.textContent = "";
      return;
    }
    pending = new AbortController();
    try {
      const records = await findRecords(url, query, { kind, signal: pending.signal });
      list.replaceChildren(...records.map((record) => element("li", {}, recordButton(record, onPick))));
      status.textContent = records.length ? `${records.length} found.` : "Nothing found by this name.";
    } catch (error) {
      if (error.name === "AbortError") return;
      list.replaceChildren();
      status.textContent = `The search does not answer (${error.message}).`;
    }
  }

  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, PAUSE_MS);
  });
  walkByArrows(input, list);
  const focusFirst = () => list.querySelector("button")?.focus();
  return { nodes: [status, list], refresh, focusFirst };
}
