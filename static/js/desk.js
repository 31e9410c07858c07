// The form of a text: the tabs beside it, its number of words, and the shortcuts of the bar.

const PLACE = "place-in-the-text";
const TAB = "tab-of-the-desk";
const WORDS_PER_MINUTE = 230;
const COUNT_AFTER_MS = 400;
const bar = document.querySelector(".form-bar");
const list = document.querySelector(".desk__tabs");

/** Show one tab of the panel, remembered for the texts opened next. */
function show(tab) {
  for (const other of list.children) {
    const isShown = other === tab;
    other.setAttribute("aria-selected", isShown);
    other.tabIndex = isShown ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !isShown;
  }
  sessionStorage.setItem(TAB, tab.id);
}

/** Open the tab that contains an element, so that a link can lead to it. */
function reveal(element) {
  const section = element?.closest(".desk__tab");
  if (section?.hidden) show(document.getElementById(`${section.id}-tab`));
}

function startTabs() {
  list.hidden = false;
  for (const tab of list.children) {
    const section = document.getElementById(tab.getAttribute("aria-controls"));
    section.setAttribute("role", "tabpanel");
    section.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", () => show(tab));
  }
  list.addEventListener("keydown", (event) => {
    const tabs = [...list.children];
    const at = tabs.indexOf(document.activeElement);
    const places = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 };
    if (!(event.key in places)) return;
    event.preventDefault();
    const tab = tabs.at(places[event.key] % tabs.length);
    show(tab);
    tab.focus();
  });
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.('a[href^="#"]');
      if (link) reveal(document.getElementById(decodeURIComponent(link.hash.slice(1))));
    },
    true,
  );
  const error = document.querySelector(".desk__panel .errorlist");
  show(list.children[sessionStorage.getItem(TAB)] ?? list.firstElementChild);
  reveal(error ?? document.getElementById(location.hash.slice(1)));
}

/** Count as readers of any language would: text between tags, in words as the browser knows them. */
function startCount(place, desk) {
  const words = new Intl.Segmenter(undefined, { granularity: "word" });
  const count = () => {
    const text = desk.querySelector(".ProseMirror[contenteditable]");
    if (!text) return; // the editor is not there yet
    if (desk.querySelector("[data-item]")) return (place.textContent = ""); // most words of sections are in other fields
    const found = [...words.segment(text.innerText)].filter((part) => part.isWordLike).length;
    const minutes = Math.max(1, Math.round(found / WORDS_PER_MINUTE));
    place.textContent = `${found.toLocaleString("en-GB")} ${found === 1 ? "word" : "words"} · ${minutes} min`;
  };
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(count, COUNT_AFTER_MS);
  };
  new MutationObserver(later).observe(desk, { childList: true, characterData: true, subtree: true });
  count();
}

/** Say how long a field is beside what search engines show of it. */
function startCounter(field) {
  const limit = Number(field.dataset.limit);
  const counter = document.createElement("p");
  counter.className = "help counter";
  const count = () => {
    counter.textContent = `${field.value.length} of ${limit} characters`;
    counter.classList.toggle("counter--over", field.value.length > limit);
  };
  field.after(counter);
  field.addEventListener("input", count);
  count();
}

function startShortcuts(form) {
  const dialog = document.querySelector("#shortcuts");
  const press = {
    s: () => form.requestSubmit(bar.querySelector("[value=save]")),
    Enter: () => form.requestSubmit(bar.querySelector(".form-action.default")),
    "/": () => dialog.showModal(),
  };
  document.addEventListener(
    "keydown",
    (event) => {
      const isTyped = event.target.closest("input, textarea, select, [contenteditable]");
      const isOurs = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key in press;
      const asksForHelp = event.key === "?" && !isTyped;
      const inCode = getSelection().anchorNode?.parentElement?.closest(".ProseMirror pre"); // which Ctrl Enter leaves
      const hasOwn = event.key === "Enter" && (event.target.closest("[data-comments]") || inCode);
      if ((!isOurs && !asksForHelp) || hasOwn || document.querySelector("dialog:modal")) return;
      event.preventDefault();
      event.stopPropagation();
      press[asksForHelp ? "/" : event.key]();
    },
    true,
  );
  document.querySelector("[data-shortcuts]")?.addEventListener("click", () => dialog.showModal());
}

/** After a save the page comes back at its place, with the caret, and the bar says what the message above says. */
function keepPlace(form) {
  let field = null;
  form.addEventListener("focusin", ({ target }) => bar.contains(target) || (field = target));
  form.addEventListener("submit", () => {
    const { from, to } = field?.editor?.state.selection ?? {};
    sessionStorage.setItem(PLACE, JSON.stringify({ path: location.pathname, top: scrollY, id: field?.id, from, to }));
  });
  const was = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
  sessionStorage.removeItem(PLACE);
  const saved = document.querySelector(".messagelist .success:only-child");
  if (was?.path === location.pathname && saved) goBackTo(was, saved.textContent);
}

async function goBackTo({ id, from, to, top }, saved) {
  let text = null; // an editor may not be there yet
  while (from && !(text = document.querySelector(".desk__text .ProseMirror[contenteditable]")?.editor)) await new Promise(requestAnimationFrame);
  if (text) text.chain().setTextSelection({ from, to }).focus(null, { scrollIntoView: false }).run();
  else document.getElementById(id)?.focus({ preventScroll: true });
  scrollTo({ top, behavior: "instant" });
  if (top) bar.querySelector("[role=status]").textContent = saved;
}

if (list) startTabs();
for (const field of document.querySelectorAll("[data-limit]")) startCounter(field);
document.querySelector(".title-field")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault(); // a title has no lines
});
if (bar) {
  startCount(bar.querySelector("[data-word-count]"), document.querySelector(".desk__text"));
  if (bar.querySelector(".form-action")) startShortcuts(bar.closest("form"));
  keepPlace(bar.closest("form"));
}
