// Models ticked for comparison are kept for this tab and named in a bar. Without this file a page's ticks are sent as a form.
const KEY = "compared models";
const BOXES = "input[type=checkbox][name=m]";
const tray = document.querySelector("[data-tray]");
let models = new Map(); // names by slug, in the order of the ticks

function read() {
  try {
    models = new Map(JSON.parse(sessionStorage.getItem(KEY)));
  } catch {} // without storage they are kept on this page
  show();
}

function keep() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...models]));
  } catch {}
  show();
}

function asItem([slug, name]) {
  const item = tray.querySelector("template").content.cloneNode(true);
  for (const place of item.querySelectorAll("[data-name]")) place.textContent = name;
  item.querySelector("button").value = slug;
  return item;
}

function show() {
  const isFull = models.size >= Number(tray.dataset.tray);
  for (const box of document.querySelectorAll(BOXES)) {
    box.checked = models.has(box.value);
    box.disabled = isFull && !box.checked;
  }
  tray.querySelector("ul").replaceChildren(...[...models].map(asItem));
  for (const link of tray.querySelectorAll("a")) {
    link.search = new URLSearchParams([...models.keys()].map((slug) => ["m", slug]));
  }
  tray.querySelector("a").textContent = `Compare (${models.size})`;
  tray.querySelector("[data-full]").hidden = !isFull;
  tray.hidden = !models.size;
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches(BOXES)) return;
  if (!models.delete(target.value)) models.set(target.value, target.dataset.name);
  keep();
});
tray.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (!models.delete(button.value)) models.clear();
  keep();
  tray.querySelector("button").focus();
});
document.addEventListener("shown", show);
addEventListener("pageshow", read);
document.documentElement.classList.add("has-tray");
