// Filters of the list of models apply without a reload. Without this file the form is submitted by its buttons.

const parts = () => [...document.querySelectorAll("[data-part]")];
const form = () => document.querySelector("[data-filters]");
let asked = null;

// The address for the form's values, without empty ones: the same as the server writes it.
function addressOf(filters) {
  const given = [...new FormData(filters)].filter(([, value]) => value !== "");
  const query = new URLSearchParams(given).toString();
  return filters.action + (query && `?${query}`);
}

// Folds stay open or closed, and the focus stays.
function kept() {
  return {
    open: new Map([...document.querySelectorAll("[data-keep]")].map((fold) => [fold.dataset.keep, fold.open])),
    focus: selectorOf(document.activeElement),
  };
}

function restore({ open, focus }) {
  document.dispatchEvent(new Event("shown"));
  for (const fold of document.querySelectorAll("[data-keep]")) {
    if (open.has(fold.dataset.keep)) fold.open = open.get(fold.dataset.keep);
  }
  if (!focus) return;
  const target = document.querySelector(focus) ?? document.querySelector("[data-announce]");
  if (!target) return;
  if (!target.matches("a, button, input, select, summary")) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

// A selector that finds the focused control again, or the count of the list if the control is gone.
function selectorOf(element) {
  if (!element?.closest("[data-part]")) return "";
  if (!element.name) return "[data-announce]";
  const value = element.type === "checkbox" || element.type === "radio" ? `[value="${CSS.escape(element.value)}"]` : "";
  return `[name="${CSS.escape(element.name)}"]${value}`;
}

// The text of an element as a screen reader reads it.
function spoken(element) {
  const read = element?.cloneNode(true);
  read?.querySelectorAll("[aria-hidden]").forEach((part) => part.remove());
  return read?.textContent ?? "";
}

async function show(address, isNew) {
  asked?.abort();
  asked = new AbortController();
  document.body.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { signal: asked.signal, headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(response.statusText);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const state = kept();
    for (const part of parts()) if (!part.matches("[data-typed]:focus-within")) part.replaceWith(page.querySelector(`[data-part="${part.dataset.part}"]`));
    document.title = page.title;
    if (isNew) history.pushState(null, "", response.url);
    restore(state);
    const status = document.querySelector("[data-announcement]");
    if (status) status.textContent = [...document.querySelectorAll(".facet__error, [data-announce]")].map(spoken).join(" ");
    document.body.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}

document.addEventListener("change", (event) => {
  if (event.target.form && event.target.form === form()) show(addressOf(form()), true);
});

document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  show(addressOf(form()), true);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-browse]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  show(link.href, true);
});

addEventListener("popstate", () => show(location.href, false));
