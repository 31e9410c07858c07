// The library: image files that are chosen, or dropped anywhere on the page, are uploaded one by one. Their texts follow.
import { element } from "richtext/dialogs";
import { send } from "richtext/requests";
import { pictureFiles, sizeProblem } from "richtext/uploads";

function start(place) {
  const { uploadUrl, textsUrl, maxBytes } = place.dataset;
  const progress = place.querySelector("progress");
  const status = place.querySelector("[role=status]");
  let isBusy = false;

  async function upload(files) {
    if (isBusy || !files.length) return;
    isBusy = true;
    const keys = new Set();
    const problems = [];
    Object.assign(progress, { hidden: false, max: files.length, value: 0 });
    for (const [done, file] of files.entries()) {
      status.textContent = `Uploading ${done + 1} of ${files.length}: ${file.name}`;
      try {
        const problem = sizeProblem(file, Number(maxBytes));
        if (problem) throw new Error(problem);
        const stored = await send(uploadUrl, { file, later: "yes" });
        keys.add(stored.ref.split("/").pop());
      } catch (error) {
        problems.push(`Not uploaded: ${file.name}. ${error.message}`);
      }
      progress.value = done + 1;
    }
    isBusy = false;
    progress.hidden = true;
    const next = `${textsUrl}?images=${[...keys].join(",")}`;
    if (!problems.length) return location.assign(next);
    const link = element("a", { href: next, textContent: `Describe the ${keys.size} uploaded` });
    status.replaceChildren(...problems.map((words) => element("p", { textContent: words })), ...(keys.size ? [link] : []));
  }

  const input = place.querySelector("input");
  input.addEventListener("change", () => upload([...input.files]));
  window.addEventListener("drop", (event) => {
    if (event.target !== input) upload(pictureFiles(event.dataTransfer));
  });
}

const place = document.querySelector(".image-upload");
if (place) start(place);
