// Suggests models, vendors and providers in the search field (ARIA combobox). Without this file the form just searches.
const PAUSE_MS = 100;
const LEAST = 2;
let timer, asked;

const list = () => document.getElementById("suggestions");
const current = () => list().querySelector("[aria-selected=true]");

function show(field, results) {
  const options = results.map(({ name, kind, url }, index) => {
    const option = document.createElement("li");
    option.id = `suggestion-${index}`;
    option.role = "option";
    option.dataset.url = url;
    option.append(name, Object.assign(document.createElement("span"), { textContent: kind }));
    return option;
  });
  list().replaceChildren(...options);
  list().hidden = !options.length;
  field.ariaExpanded = String(!list().hidden);
  choose(field, null);
}

function close(field) {
  clearTimeout(timer);
  asked?.abort();
  show(field, []);
}

function choose(field, option) {
  for (const one of list().children) one.ariaSelected = String(one === option);
  field.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

async function suggest(field) {
  asked?.abort();
  asked = new AbortController();
  const query = new URLSearchParams({ q: field.value });
  try {
    const response = await fetch(`${field.dataset.suggest}?${query}`, { signal: asked.signal });
    if (response.ok) show(field, (await response.json()).results);
  } catch (error) {
    if (error.name !== "AbortError") close(field);
  }
}

const on = (type, act) =>
  document.addEventListener(type, (event) => {
    if (event.target.matches?.("[data-suggest]")) act(event.target, event);
  });

on("focusin", (field) => Object.assign(field, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" }));
on("focusout", close);
on("input", (field) => {
  clearTimeout(timer);
  if (field.value.trim().length < LEAST) close(field);
  else timer = setTimeout(suggest, PAUSE_MS, field);
});
on("keydown", (field, event) => {
  const options = [...list().children], step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!options.length) return;
  if (step) choose(field, options.at((options.indexOf(current()) + step + (current() || step > 0 ? 0 : 1)) % options.length));
  else if (event.key === "Enter" && current()) location.assign(current().dataset.url);
  else if (event.key === "Escape") close(field);
  else return;
  event.preventDefault();
});
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("#suggestions [role=option]");
  if (!option) return;
  event.preventDefault();
  location.assign(option.dataset.url);
});
