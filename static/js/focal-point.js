// The focal point of an image, set by a click or by numbers; crops are shown as the server will make them.

/** Like `Shape.box` of publishing/images/renditions.py: the offset of the crop, in % of the part that is cut off. */
function offset(whole, seen, focus) {
  const start = Math.min(Math.max(Math.round((whole * focus) / 100 - seen / 2), 0), whole - seen);
  return whole > seen ? (start / (whole - seen)) * 100 : 50;
}

const percent = (number) => Math.min(100, Math.max(0, Math.round(Number(number) || 0)));

/** Start the preview in a form with the fields `focal_x` and `focal_y`, and perhaps `file`. */
export function begin(preview) {
  const { focal_x: x, focal_y: y, file } = preview.closest("form").elements;
  if (!x || !y) return;
  const image = preview.querySelector(".focal__image");
  const point = document.createElement("span");
  point.className = "focal__point";
  image.after(point);

  function show() {
    const { naturalWidth: width, naturalHeight: height } = image;
    const focus = { x: percent(x.value), y: percent(y.value) };
    point.style.left = `${focus.x}%`;
    point.style.top = `${focus.y}%`;
    if (!width) return;
    for (const crop of preview.querySelectorAll(".focal__frame")) {
      const ratio = Number(crop.dataset.ratio);
      const left = offset(width, Math.min(width, Math.round(height * ratio)), focus.x);
      const top = offset(height, Math.min(height, Math.round(width / ratio)), focus.y);
      crop.firstChild.src = image.src;
      crop.firstChild.style.objectPosition = `${left}% ${top}%`;
    }
  }

  image.addEventListener("click", (event) => {
    const { left, top, width, height } = image.getBoundingClientRect();
    x.value = percent(((event.clientX - left) / width) * 100);
    y.value = percent(((event.clientY - top) / height) * 100);
    show();
    x.focus();
  });
  for (const input of [x, y]) input.addEventListener("input", show);
  image.addEventListener("load", () => {
    preview.hidden = false;
    show();
  });
  file?.addEventListener("change", () => {
    const [chosen] = file.files;
    if (chosen?.type.startsWith("image/")) image.src = URL.createObjectURL(chosen);
  });
  show();
}

for (const preview of document.querySelectorAll(".focal")) begin(preview);
