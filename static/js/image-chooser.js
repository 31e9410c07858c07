// Relations to images: a select becomes a button with the thumbnail, and a dialog to find, upload or describe an image.
import { begin } from "focal-point";
import { button, element, labelled, openDialog } from "richtext/dialogs";
import { createFinder, takeFirst } from "richtext/finder";
import { ask, send } from "richtext/requests";
import { openUploadDialog, pictureFiles, uploadButton } from "richtext/uploads";

/** Show the details of an image in a dialog to edit them; `onSaved` receives its data. `host` is as for a dialog. */
async function openDetails(host, url, onSaved) {
  const { fields } = await ask(url);
  const body = element("div", { className: "image-details" });
  body.append(document.createRange().createContextualFragment(fields)); // a template of our own
  openDialog(host, {
    title: "Image details",
    content: [body],
    submitText: "Save",
    async onSubmit() {
      try {
        onSaved(await send(url, Object.fromEntries(new FormData(body.closest("form")))));
      } catch (error) {
        return error.message;
      }
    },
  });
  begin(body.querySelector(".focal"));
}

function start(select) {
  const { findUrl, kind, uploadUrl, describeUrl, maxBytes } = select.dataset;
  const thumbnail = element("img", { className: "image-choice__thumbnail", alt: "" });
  const words = element("span", { className: "image-choice__words" });
  const pick = element("button", { type: "button", className: "image-choice__pick", id: `${select.id}_pick` }, thumbnail, words);
  const problem = element("p", { className: "image-choice__problem", role: "alert" });
  // What a dialog needs of an editor: where the focus returns.
  const host = { view: { dom: pick, focus: () => pick.focus() }, commands: { focus: () => pick.focus() } };

  const details = button("Details…", async () => {
    const url = describeUrl.replace(/\/0\/(?!.*\/0\/)/, `/${select.value}/`);
    problem.textContent = "";
    await openDetails(host, url, choose).catch((error) => (problem.textContent = error.message));
  });
  const remove = button("Remove", () => choose(null));
  const box = element("div", { className: "image-choice" }, pick, element("div", { className: "image-choice__buttons" }, details, remove), problem);

  function show() {
    const { value, selectedOptions } = select;
    const [{ dataset, text }] = selectedOptions;
    thumbnail.hidden = !value;
    thumbnail.src = value ? dataset.thumbnail : "";
    words.textContent = value ? text : "Choose an image…";
    details.hidden = !value || !describeUrl;
    remove.hidden = !value;
  }

  /** Choose an image by its data, or none. */
  function choose(record) {
    const key = record?.ref.split("/").pop() ?? "";
    if (record) {
      const option = [...select.options].find(({ value }) => value === key) ?? element("option", { value: key });
      option.text = record.title;
      option.dataset.thumbnail = record.thumbnail_url;
      if (!option.parentElement) select.append(option);
    }
    select.value = key;
    show();
    for (const name of ["input", "change"]) select.dispatchEvent(new Event(name, { bubbles: true }));
    pick.focus();
  }

  function upload(file) {
    const options = { uploadUrl, maxBytes: Number(maxBytes), submitText: "Upload and choose" };
    openUploadDialog(host, file, { ...options, onStored: (attrs, record) => choose(record) });
  }

  function takeDrops(target, before = () => {}) {
    for (const name of ["drop", "paste"]) {
      target.addEventListener(name, (event) => {
        const [file] = pictureFiles(event.dataTransfer ?? event.clipboardData);
        if (!file || !uploadUrl) return;
        event.preventDefault();
        before();
        upload(file);
      });
    }
  }

  pick.addEventListener("click", () => {
    const search = labelled("Find an image by its description, credit, file or tag", { type: "search" });
    const take = (record) => {
      dialog.close();
      choose(record);
    };
    const finder = createFinder(search.input, { url: findUrl, kind, isGrid: true, onPick: take });
    const takeFile = (file) => {
      dialog.close();
      upload(file);
    };
    const hint = element("p", { className: "richtext-dialog__help", textContent: "Or drop an image here." });
    const content = element("div", { className: "image-choice__dialog" }, search.field, ...finder.nodes, ...(uploadUrl ? [hint] : []));
    const dialog = openDialog(host, {
      title: "Choose an image",
      content: [content],
      extraButtons: uploadUrl ? uploadButton(takeFile) : [],
      // Enter in the search takes the first result.
      onSubmit: () => (takeFirst(content) ? undefined : "No image found."),
    });
    takeDrops(content.closest("dialog"), () => dialog.close());
    finder.refresh();
  });

  const label = document.querySelector(`label[for="${select.id}"]`);
  if (label) {
    label.id ||= `${select.id}_label`;
    label.htmlFor = pick.id;
    pick.setAttribute("aria-labelledby", `${label.id} ${pick.id}`);
  }
  if (select.hasAttribute("aria-describedby")) pick.setAttribute("aria-describedby", select.getAttribute("aria-describedby"));
  select.hidden = true;
  select.after(box);
  takeDrops(box);
  show();
}

const startIn = (part) => part.querySelectorAll("select[data-find-url]").forEach(start);
startIn(document);
document.addEventListener("formset:added", ({ target }) => startIn(target));
