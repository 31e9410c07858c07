// Searches records of the site by name, in the admin's own search view, and lists them as buttons.
import { element } from "richtext/dialogs";
import { ask } from "richtext/requests";

const PAUSE_MS = 200;

/** A button for a list of choices, with its kind in small print. */
export function choice(title, kind, onPick, properties = {}) {
  const made = element(
    "button",
    { type: "button", className: "richtext-finder__record", ...properties },
    element("span", { className: "richtext-finder__title", textContent: title }),
    element("span", { className: "richtext-finder__kind", textContent: kind }),
  );
  made.addEventListener("click", () => onPick(made));
  return made;
}

/** The warning about a record, such as "Retired 1 Oct 2025". */
export function cautionLabel(words) {
  return element("span", { className: "richtext-finder__caution", textContent: words });
}

function recordButton(record, onPick) {
  const isPublic = !record.state || record.state === "published";
  const kind = isPublic ? record.kind : `${record.kind} · ${record.state}`;
  const made = choice(record.title, kind, (made) => onPick(record, made), { "data-ref": record.ref });
  if (record.caution) made.append(cautionLabel(record.caution));
  if (record.thumbnail_url) {
    made.prepend(element("img", { className: "richtext-finder__thumbnail", src: record.thumbnail_url, alt: "" }));
  }
  return made;
}

const choicesIn = (list) => [...list.querySelectorAll("li:not([hidden]) button:enabled")];

/** Make one choice, by default the first, the only one of the list that Tab reaches. */
export function oneTabStop(list, chosen = choicesIn(list)[0]) {
  for (const each of choicesIn(list)) each.tabIndex = each === chosen ? 0 : -1;
}

/** Arrow keys, Home and End move through the results, also by rows; up from the first row returns to the field. */
export function walkByArrows(input, list) {
  const walk = (event, from) => {
    const buttons = choicesIn(list);
    const columns = buttons.filter(({ offsetTop }) => offsetTop === buttons[0].offsetTop).length;
    const ends = { Home: 0, End: buttons.length - 1 };
    const steps = { ArrowDown: from < 0 ? 1 : columns, ArrowRight: 1, ArrowUp: -columns, ArrowLeft: -1 };
    const place = ends[event.key] ?? from + steps[event.key];
    if (!buttons.length || Number.isNaN(place)) return;
    event.preventDefault();
    (place < 0 ? input : (buttons[place] ?? buttons.at(-1))).focus();
  };
  input.addEventListener("keydown", (event) => event.key === "ArrowDown" && walk(event, -1));
  list.addEventListener("keydown", (event) => walk(event, choicesIn(list).indexOf(document.activeElement)));
  list.addEventListener("focusin", ({ target }) => oneTabStop(list, target));
}

/** Take the first choice of a list, or the only one. Returns whether there was one. */
export function takeFirst(list, { isOnly = false } = {}) {
  const buttons = choicesIn(list);
  const isTaken = isOnly ? buttons.length === 1 : buttons.length > 0;
  if (isTaken) buttons[0].click();
  return isTaken;
}

/**
 * Bind a search to `input`. `isQuery(text)` says whether to search for a text at all; `onPick(record, button)` is
 * called with a chosen record, {ref, title, kind, state, caution?, alt?, thumbnail_url?}; `isGrid` shows images in columns; `none`
 * is said if there are no records at all; `onShown(list)` is called with new results.
 * Returns {nodes, refresh, takeOnly}: `nodes` go into the dialog; `takeOnly()` searches for what is typed, and picks the
 * result if there is one alone (`isOnly: false`: the first of several), or else moves to the first.
 */
export function createFinder(input, { url, kind = "", isGrid = false, none = isGrid ? "No images found. Upload one." : "No results.", isQuery = () => true, onPick, onShown = () => {} }) {
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
      const { results: records } = await ask(url, { parameters: [["q", query], ["kind", kind]], signal: pending.signal });
      list.replaceChildren(...records.map((record) => element("li", {}, recordButton(record, onPick))));
      oneTabStop(list);
      onShown(list);
      status.textContent = records.length ? `${records.length} found.` : query ? "No results." : none;
    } catch (error) {
      if (error.name === "AbortError") return;
      list.replaceChildren();
      status.textContent = error.message;
    }
  }

  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, PAUSE_MS);
  });
  walkByArrows(input, list);
  async function takeOnly({ isOnly = true } = {}) {
    window.clearTimeout(timer);
    await refresh();
    const isTaken = takeFirst(list, { isOnly });
    if (!isTaken) choicesIn(list)[0]?.focus();
    return isTaken;
  }
  return { nodes: [status, list], refresh, takeOnly };
}
