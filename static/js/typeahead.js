// Suggests models, vendors and providers in the search field (ARIA combobox). Without this file the form just searches.
const PAUSE_MS = 100;
let timer, asked;

const list = () => document.getElementById("suggestions");
const chosen = () => list().querySelector("[aria-selected=true]");

function asOption({ name, kind, url }, index) {
  const option = Object.assign(document.createElement("li"), { id: `suggestion-${index}`, role: "option" });
  option.dataset.url = url;
  option.append(name, Object.assign(document.createElement("span"), { textContent: kind }));
  return option;
}

function show(field, results = []) {
  clearTimeout(timer);
  asked?.abort();
  list().replaceChildren(...results.map(asOption));
  list().hidden = !results.length;
  field.ariaExpanded = String(results.length > 0);
  choose(field, null);
}

function choose(field, option) {
  for (const one of list().children) one.ariaSelected = String(one === option);
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
  const [first, last] = [list().firstElementChild, list().lastElementChild];
  if (event.key === "ArrowDown" && first) choose(field, chosen()?.nextElementSibling ?? first);
  else if (event.key === "ArrowUp" && first) choose(field, chosen()?.previousElementSibling ?? last);
  else if (event.key === "Enter" && chosen()) location.assign(chosen().dataset.url);
  else if (event.key === "Escape" && first) show(field);
  else return;
  event.preventDefault();
});
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("#suggestions [role=option]");
  if (!option) return;
  event.preventDefault(); // the field keeps the focus, so the list is not fetched as well
  location.assign(option.dataset.url);
});
