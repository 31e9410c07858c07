// Models ticked for comparison are remembered for this tab and named in a bar. Without this file a page's ticks are sent as a form.
const KEY = "compared models";
const tray = document.querySelector("[data-tray]");
const most = Number(tray.dataset.tray);

// Pairs of slug and name, in the order of the ticks.
function ticked() {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(KEY)));
  } catch {
    return new Map();
  }
}

function keep(models) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...models]));
  } finally {
    show(models);
  }
}

function show(models = ticked()) {
  const isFull = models.size >= most;
  for (const box of document.querySelectorAll("[name=m][type=checkbox]")) {
    box.checked = models.has(box.value);
    box.disabled = isFull && !box.checked;
  }
  const named = [...models].map(([slug, name]) => {
    const item = tray.querySelector("template").content.cloneNode(true);
    for (const place of item.querySelectorAll("[data-name]")) place.textContent = name;
    item.querySelector("button").value = slug;
    return item;
  });
  tray.querySelector("ul").replaceChildren(...named);
  for (const link of tray.querySelectorAll("a")) {
    link.search = new URLSearchParams([...models.keys()].map((slug) => ["m", slug]));
  }
  tray.querySelector("a").textContent = `Compare (${models.size})`;
  tray.querySelector("[data-full]").hidden = !isFull;
  tray.hidden = !models.size;
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[name=m][type=checkbox]")) return;
  const models = ticked();
  if (target.checked) models.set(target.value, target.dataset.name);
  else models.delete(target.value);
  keep(models);
});

tray.addEventListener("click", ({ target }) => {
  const models = ticked();
  if (target.matches("[data-clear]")) models.clear();
  else if (!models.delete(target.closest("button")?.value)) return;
  keep(models);
  tray.querySelector("button")?.focus();
});

document.addEventListener("shown", () => show());
addEventListener("pageshow", () => show());
document.documentElement.classList.add("has-tray");
