// Suggests pages in search fields (ARIA combobox), in the list that the field controls. Without this file the form just searches.
const PAUSE_MS = 100;
let timer, asked;

const listOf = (field) => document.getElementById(field.getAttribute("aria-controls"));
const chosen = (field) => listOf(field).querySelector("[aria-selected=true]");

function asOption({ name, kind, url }) {
  const option = Object.assign(document.createElement("li"), { role: "option" });
  option.dataset.url = url;
  option.append(name, Object.assign(document.createElement("span"), { textContent: kind }));
  return option;
}

function show(field, results = []) {
  clearTimeout(timer);
  asked?.abort();
  const list = listOf(field);
  list.replaceChildren(...results.map(asOption));
  [...list.children].forEach((option, index) => (option.id = `${list.id}-${index}`));
  list.hidden = !results.length;
  field.ariaExpanded = String(results.length > 0);
  choose(field, null);
}

function choose(field, option) {
  for (const one of listOf(field).children) one.ariaSelected = String(one === option);
  field.setAttribute("aria-activedescendant", option?.id ?? "");
}

async function suggest(field) {
  asked?.abort();
  asked = new AbortController();
  const words = field.value;
  const address = `${field.dataset.suggest}?${new URLSearchParams({ q: words })}`;
  const response = await fetch(address, { signal: asked.signal }).catch(() => null);
  const answer = response?.ok && (await response.json().catch(() => null));
  if (answer && words === field.value) show(field, answer.results); // else more has been typed meanwhile
}

const on = (type, act) =>
  document.addEventListener(type, (event) => {
    if (event.target.matches?.("[data-suggest]")) act(event.target, event);
  });

on("focusin", (field) => Object.assign(field, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" }));
on("focusout", (field) => show(field));
on("input", (field) => {
  clearTimeout(timer);
  timer = setTimeout(suggest, PAUSE_MS, field);
});
on("keydown", (field, event) => {
  const { firstElementChild: first, lastElementChild: last } = listOf(field);
  const option = chosen(field);
  if (event.key === "ArrowDown" && first) choose(field, option?.nextElementSibling ?? first);
  else if (event.key === "ArrowUp" && first) choose(field, option?.previousElementSibling ?? last);
  else if (event.key === "Enter" && option) location.assign(option.dataset.url);
  else if (event.key === "Escape" && first) show(field);
  else return;
  event.preventDefault();
});
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest(".suggestions [role=option]");
  if (!option) return;
  event.preventDefault(); // the field keeps the focus, so the list is not fetched as well
  location.assign(option.dataset.url);
});
