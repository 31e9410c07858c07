// The comments in the panel. After each change the server sends the threads as HTML; the editor highlights passages.
const UNSENT = "comment:"; // in the session storage, by page and thread
const root = document.querySelector("[data-comments]");
const form = root?.closest("form");
let passages = null;
let passage = null; // of the comment that is being written

const addressOf = (rest = "") => new URL(`../comments/${rest}`, location.href);
const keyOf = (box) => `${UNSENT}${location.pathname}:${threadOf(box)?.dataset.thread ?? "new"}`;
const threadOf = (element) => element.closest("[data-thread]");
const textOf = (box) => box.querySelector("[data-text]");
const newBox = () => root.querySelector("[data-new]");

function openTab() {
  const tab = document.getElementById(`${root.closest("section").id}-tab`);
  if (tab?.getAttribute("aria-selected") === "false") tab.click();
}

/** Begin a comment on a passage. */
function begin(chosen) {
  openTab();
  if (!newBox()) return; // nothing is saved yet, which the tab says
  if (!newBox().hidden && textOf(newBox()).value.trim() && chosen.quotation !== passage.quotation) {
    root.querySelector("[data-comments-status]").textContent = "Send or cancel this comment first.";
    textOf(newBox()).focus();
    return;
  }
  passage = chosen;
  newBox().hidden = false;
  newBox().querySelector("[data-quotation]").textContent = chosen.quotation;
  textOf(newBox()).focus();
}

function open(id) {
  const thread = root.querySelector(`[data-thread="${id}"]`);
  if (!thread) return;
  openTab();
  for (const other of root.querySelectorAll(".comments__thread--open")) other.classList.remove("comments__thread--open");
  thread.classList.add("comments__thread--open");
  thread.scrollIntoView({ block: "nearest" });
}

function placeAll() {
  const threads = [...root.querySelectorAll("[data-thread]")];
  passages?.place(
    threads.map(({ dataset }) => {
      const { thread: id, field, quotation, prefix, suffix } = dataset;
      return { id, field, quotation, prefix, suffix, isResolved: "resolved" in dataset };
    }),
  );
}

function markLost(found) {
  for (const thread of root.querySelectorAll("[data-quotation][data-thread]")) {
    const isLost = !found.has(thread.dataset.thread) && !("resolved" in thread.dataset);
    thread.querySelector("[data-lost]")?.toggleAttribute("hidden", !isLost);
    thread.querySelector("[data-show]")?.toggleAttribute("hidden", isLost || "resolved" in thread.dataset);
  }
}

/** Show what was written before the page was left. */
function fillIn() {
  for (const box of root.querySelectorAll("[data-box]")) {
    const unsent = JSON.parse(sessionStorage.getItem(keyOf(box)) ?? "null");
    if (!unsent?.text) continue;
    if (unsent.passage) begin(unsent.passage);
    else box.closest("details").open = true;
    textOf(box).value = unsent.text;
  }
}

/** Post to the server and show the threads that it returns; text stays in its field if that fails. */
async function post(address, values, onSaved = () => {}) {
  const status = root.querySelector("[data-comments-status]");
  const body = new URLSearchParams({ ...values, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  try {
    const response = await fetch(address, { method: "POST", body, redirect: "manual" });
    const words = await response.text();
    if (!response.ok) throw new Error(response.status === 400 ? words : "The server did not accept it. Are you still signed in?");
    onSaved();
    show(words);
    root.closest("section").focus({ preventScroll: true });
  } catch (error) {
    status.textContent = `Not saved. ${error instanceof TypeError ? "No connection." : error.message}`;
  }
}

function show(html) {
  root.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  fillIn();
  placeAll();
}

/** Show what others wrote, unless something is being written here. */
async function refresh() {
  const isWriting = () => [...root.querySelectorAll("[data-text]")].some((field) => field.value || field === document.activeElement);
  if (isWriting()) return;
  const response = await fetch(addressOf(), { redirect: "manual" }).catch(() => null);
  if (response?.ok && !isWriting()) show(await response.text());
}

function send(box) {
  const text = textOf(box).value;
  const values = threadOf(box) ? { parent: threadOf(box).dataset.thread } : passage;
  post(addressOf(), { ...values, text }, () => sessionStorage.removeItem(keyOf(box)));
}

function cancel(box) {
  sessionStorage.removeItem(keyOf(box));
  textOf(box).value = "";
  if (threadOf(box)) box.closest("details").open = false;
  else newBox().hidden = true;
}

/** Offer the colleagues whose names begin with the letters after an @ before the caret. */
function suggest(box) {
  const field = textOf(box);
  const typed = field.value.slice(0, field.selectionStart).match(/@([^@\n]{0,30})$/)?.[1].toLowerCase();
  const list = box.querySelector("[data-people]");
  list.hidden = true;
  for (const item of list.children) {
    const isOffered = typed !== undefined && item.textContent.trim().toLowerCase().startsWith(typed);
    item.hidden = !isOffered;
    if (isOffered) list.hidden = false;
  }
}

function mention(box, name) {
  const field = textOf(box);
  const at = field.value.lastIndexOf("@", field.selectionStart - 1);
  field.setRangeText(`@${name} `, at, field.selectionStart, "end");
  field.focus();
  keep(box);
}

function keep(box) {
  suggest(box);
  sessionStorage.setItem(keyOf(box), JSON.stringify({ text: textOf(box).value, passage: threadOf(box) ? null : passage }));
}

function click({ target }) {
  const button = target.closest("button");
  const box = target.closest("[data-box]");
  if (!button) return;
  const { dataset } = button;
  if ("whole" in dataset) begin({ quotation: "" });
  else if ("send" in dataset) send(box);
  else if ("cancel" in dataset) cancel(box);
  else if ("mention" in dataset) mention(box, dataset.mention);
  else if ("show" in dataset) passages?.show(threadOf(button).dataset.thread);
  else if ("resolve" in dataset) post(addressOf(`${threadOf(button).dataset.thread}/resolve/`), dataset.resolve ? { reopen: 1 } : {});
}

function press(event) {
  const box = event.target.closest("[data-box]");
  if (!box) return;
  const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (isSend) send(box);
  else if (event.key === "Escape") cancel(box);
  else if (event.key === "ArrowDown" && !box.querySelector("[data-people]").hidden) box.querySelector("[data-people] li:not([hidden]) button")?.focus();
  else return;
  event.preventDefault();
}

if (root) {
  root.classList.add("comments--live");
  root.addEventListener("click", click);
  document.addEventListener("comments:changed", refresh);
  root.addEventListener("keydown", press);
  root.addEventListener("input", ({ target }) => keep(target.closest("[data-box]")));
  if (form.querySelector("[data-django-prose-editor-configurable]")) passages = await import("richtext/passages");
  passages?.listen({ comment: begin, found: markLost, open });
  fillIn();
  placeAll();
}
