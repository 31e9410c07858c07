// The sections of a page: added, moved, duplicated and deleted, like their rows. The server makes the HTML of new ones.
import { makeMovable, step } from "rows";

const ITEM = "[data-item]";

function start(root) {
  const form = root.closest("form");
  const list = root.querySelector("[data-list]");
  const add = root.querySelector("[data-add]");
  const begin = root.querySelector("[data-begin]");
  const body = form.querySelector(".form-row.field-body");
  const isOfSections = () => Boolean(list.querySelector(`:scope > ${ITEM} > fieldset:enabled`));

  const text = () => form.elements.body?.value.replace(/^(<p><\/p>)*$/, "").trim(); // which becomes the first section
  const itemOf = (element) => element.closest(ITEM);
  const fieldsOf = (item) => item.querySelector(":scope > fieldset");

  function toggle(item, isOpen) {
    item.querySelector("[data-toggle]")?.setAttribute("aria-expanded", isOpen);
    fieldsOf(item).hidden = !isOpen;
  }

  /** Show the first words of an item beside its type, so that it is known when it is closed. */
  function name(item) {
    const fields = [...fieldsOf(item).querySelectorAll(":scope > .sections__field :is(input:not([type=hidden]), textarea)")];
    item.querySelector("[data-title]").textContent = fields.map(({ value }) => value.replace(/<[^>]*>/g, " ").trim()).find(Boolean) ?? "";
  }

  function prepare(item, isOpen) {
    for (const tool of item.querySelectorAll("[hidden]:is(.row-handle, .sections__tools, [data-add-row])")) tool.hidden = false;
    for (const one of [item, ...item.querySelectorAll(ITEM)]) name(one);
    toggle(item, isOpen);
  }

  /** Fetch an item and place it; `values` say which. */
  async function fetchItem(values, place) {
    const problem = root.querySelector("[data-problem]");
    const sent = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, ...values });
    for (const [key, value] of values.copy ? new FormData(form) : []) if (key.startsWith(`${values.copy}-`)) sent.append(key, value);
    const response = await fetch(root.dataset.url, { method: "POST", body: sent, redirect: "error" }).catch(() => null);
    problem.hidden = Boolean(response?.ok);
    problem.textContent = "Not added: no connection, or you are signed out. Try again.";
    if (!response?.ok) return;
    const item = document.createRange().createContextualFragment(await response.text()).firstElementChild;
    place(item);
    prepare(item, true);
    item.dispatchEvent(new CustomEvent("formset:added", { bubbles: true })); // for the widgets, and the focus
    say(item, "added");
  }

  function say(item, what) {
    root.querySelector("[data-said]").textContent = `${item.querySelector("legend").textContent}: ${what}, number ${[...item.parentElement.children].indexOf(item) + 1}`;
    if (body) body.hidden = isOfSections();
    root.dispatchEvent(new Event("input", { bubbles: true })); // for the autosave
  }

  function begun(first) {
    // Pages of sections are mostly for campaigns. Readers find a published page where it is.
    const inFooter = document.querySelector("#id_show_in_footer");
    if (inFooter && !document.querySelector(".form-bar--published")) inFooter.checked = false;
    [begin.hidden, add.hidden, add.open] = [true, false, !first];
    first ? list.append(first) : add.querySelector("button").focus();
  }

  function remove(item, button) {
    const fields = fieldsOf(item);
    fields.disabled = !fields.disabled; // what is disabled is not sent, until it is taken back
    item.classList.toggle("sections__item--deleted", fields.disabled);
    button.textContent = fields.disabled ? "Undo" : "Delete";
    toggle(item, !fields.disabled);
    say(item, fields.disabled ? "deleted" : "restored");
  }

  root.addEventListener("click", ({ target }) => {
    const button = target.closest("button"), item = button && itemOf(button);
    if (!button) return;
    const { dataset } = button;
    const section = item?.parentElement.closest(ITEM) ?? item;
    const of = section && { type: fieldsOf(section).querySelector("[name$='-type']").value };
    if ("begin" in dataset) {
      if (text()) fetchItem({ type: "text", copy: "old", "old-type": "text", "old-body": text() }, begun);
      else begun();
    } else if ("type" in dataset) {
      add.open = false;
      fetchItem({ type: dataset.type }, (made) => list.append(made));
    } else if ("addRow" in dataset) {
      fetchItem({ ...of, prefix: section.dataset.prefix }, (made) => button.previousElementSibling.append(made));
    } else if ("copy" in dataset) {
      const copy = { ...of, copy: item.dataset.prefix, prefix: item === section ? "" : section.dataset.prefix };
      fetchItem(copy, (made) => item.after(made));
    } else if ("move" in dataset) {
      if (step(item, Number(dataset.move), ITEM, button)) say(item, "moved");
    } else if ("delete" in dataset) {
      remove(item, button);
    } else if ("toggle" in dataset) {
      toggle(item, fieldsOf(item).hidden);
    }
  });
  root.addEventListener("input", ({ target }) => itemOf(target) && name(itemOf(target)));
  makeMovable(root, ITEM, (item) => say(item, "moved"));
  for (const item of list.children) prepare(item, Boolean(item.querySelector(".errors")));
  if (body) body.hidden = isOfSections();
  (begin ?? add).hidden = false;
}

for (const root of document.querySelectorAll("[data-sections]")) start(root);
