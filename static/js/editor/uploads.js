// Image files that are dropped, pasted or chosen. Each is uploaded before it is inserted into the text.
import { button, element, labelled, openDialog } from "richtext/dialogs";
import { send } from "richtext/requests";

/** The image files of a transfer; the editor ignores others. */
export function pictureFiles(transfer) {
  return [...(transfer?.files ?? [])].filter((file) => file.type.startsWith("image/"));
}

// A file dropped beside the editor would replace the page, and unsaved text would be lost.
for (const name of ["dragover", "drop"]) {
  window.addEventListener(name, (event) => {
    const isFile = event.dataTransfer?.types.includes("Files");
    if (isFile && !event.target.closest?.("input[type=file]")) event.preventDefault();
  });
}

/** Return a sentence for a file that the server would refuse for its size, or "". */
export function sizeProblem(file, maxBytes) {
  return file.size > maxBytes ? `This file is ${inUnits(file.size)}; the maximum is ${inUnits(maxBytes)}.` : "";
}

function inUnits(bytes) {
  const kilobytes = bytes / 1024;
  return kilobytes < 1000 ? `${Math.max(1, Math.round(kilobytes))} kB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}

/**
 * Ask for the alt text of an image, upload it, and call `onStored({src, alt}, stored)`. Until that succeeds the dialog stays
 * open with the file and the input. `place` is its position among several.
 */
export function openUploadDialog(editor, file, { uploadUrl, maxBytes, place = "", submitText = "Upload and insert", onStored, onClose = () => {} }) {
  const shown = URL.createObjectURL(file);
  const preview = element("img", { className: "richtext-upload__preview", src: shown, alt: "" });
  const name = element("p", { className: "richtext-dialog__help", textContent: `${file.name || "Image"}, ${inUnits(file.size)}${place}` });
  const alt = labelled(
    "Alternative text: what the image shows",
    { maxLength: 300 },
    "One sentence. It is also stored with the image.",
  );
  const decoration = labelled("Decorative", { type: "checkbox" });
  const credit = labelled("Credit: who made it, under which licence", { maxLength: 200 });
  const progress = element("progress", { className: "richtext-upload__progress", hidden: true, "aria-label": "Upload" });
  let pending = null;

  openDialog(editor, {
    title: "New image",
    content: [preview, name, alt.field, decoration.field, credit.field, progress],
    submitText,
    async onSubmit() {
      if (!alt.input.value.trim() && !decoration.input.checked) {
        alt.input.focus();
        return "Describe what the image shows, or mark it as decorative.";
      }
      if (sizeProblem(file, maxBytes)) return sizeProblem(file, maxBytes);
      pending = new AbortController();
      progress.hidden = false;
      const fields = { file, alt: alt.input.value.trim(), credit: credit.input.value.trim() };
      if (decoration.input.checked) fields.is_decorative = "on";
      try {
        const stored = await send(uploadUrl, fields, pending.signal);
        onStored({ src: `ref:${stored.ref}`, alt: decoration.input.checked ? "" : fields.alt }, stored);
      } catch (error) {
        return error.name === "AbortError" ? "" : `The image was not uploaded. ${error.message} Try again.`;
      } finally {
        progress.hidden = true;
      }
    },
    onClose() {
      pending?.abort();
      URL.revokeObjectURL(shown);
      onClose();
    },
  });
  alt.input.focus();
}

/** A button to choose an image file. */
export function uploadButton(onFile) {
  const input = element("input", { type: "file", accept: "image/*", hidden: true });
  input.addEventListener("change", () => {
    if (input.files[0]) onFile(input.files[0]);
  });
  return [button("Upload a new image…", () => input.click()), input];
}
