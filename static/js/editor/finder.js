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

/** How many results stand beside each other. */
function columns(buttons) {
  const first = buttons[0]?.offsetTop;
  const next = buttons.findIndex((made) => made.offsetTop !== first);
  return next < 0 ? buttons.length : next;
}

/** The arrows walk through the results; up from the first of them goes back to the field. */
function walkByArrows(input, list, isGrid) {
  const buttons = () => [...list.querySelectorAll("button")];
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && buttons().length) {
      event.preventDefault();
      buttons()[0].focus();
    }
  });
  list.addEventListener("keydown", (event) => {
    const row = isGrid ? columns(buttons()) : 1;
    const beside = isGrid ? { ArrowRight: 1, ArrowLeft: -1 } : {};
    const step = { ArrowDown: row, ArrowUp: -row, ...beside }[event.key];
    if (!step) return;
    event.preventDefault();
    const place = buttons().indexOf(document.activeElement) + step;
    (place < 0 ? input : (buttons()[place] ?? buttons().at(-1))).focus();
  });
}

/**
 * Bind a search to `input`. `isQuery(text)` says whether to search for a text at all; `onPick(record, button)` is
 * called with a chosen record; `isGrid` sets pictures beside each other. Returns {nodes, refresh, focusFirst}: `nodes` go into the dialog.
 */
export function createFinder(input, { url, kind = "", isGrid = false, isQuery = () => true, onPick }) {
  const className = isGrid ? "richtext-finder richtext-finder--grid" : "richtext-finder";
  const list = element("ul", { className, "aria-label": "Results" });
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
  walkByArrows(input, list, isGrid);
  const focusFirst = () => list.querySelector("button")?.focus();
  return { nodes: [status, list], refresh, focusFirst };
}
