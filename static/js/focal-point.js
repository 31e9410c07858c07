// The focus of a picture: set by a click on it or by the arrow keys; the crops are shown as the server will cut them.

const file = document.querySelector("input[type=file][name=file]");
const numbers = { x: document.querySelector("#id_focal_x"), y: document.querySelector("#id_focal_y") };

/** As `Shape.box` of publishing/renditions.py: how far the crop is moved, in % of what is cut off. */
function offset(whole, seen, focus) {
  const start = Math.min(Math.max(Math.round((whole * focus) / 100 - seen / 2), 0), whole - seen);
  return whole > seen ? (start / (whole - seen)) * 100 : 50;
}

function begin(preview) {
  const image = preview.querySelector(".focal__image");
  const crops = [...preview.querySelectorAll(".focal__frame")];
  const point = document.createElement("button");
  Object.assign(point, { type: "button", className: "focal__point" });
  image.after(point);

  const value = (input) => Math.min(100, Math.max(0, Math.round(Number(input.value) || 0)));

  function show() {
    const { naturalWidth: width, naturalHeight: height } = image;
    const focus = { x: value(numbers.x), y: value(numbers.y) };
    point.style.left = `${focus.x}%`;
    point.style.top = `${focus.y}%`;
    const words = `Focus: ${focus.x} % from the left, ${focus.y} % from the top. The arrow keys move it.`;
    point.setAttribute("aria-label", words);
    if (!width) return;
    for (const crop of crops) {
      const ratio = Number(crop.dataset.ratio);
      const seenWidth = Math.min(width, Math.round(height * ratio));
      const seenHeight = Math.min(height, Math.round(width / ratio));
      crop.firstChild.src = image.src;
      crop.firstChild.style.objectPosition = `${offset(width, seenWidth, focus.x)}% ${offset(height, seenHeight, focus.y)}%`;
    }
  }

  function set(x, y) {
    numbers.x.value = Math.min(100, Math.max(0, Math.round(x)));
    numbers.y.value = Math.min(100, Math.max(0, Math.round(y)));
    for (const input of [numbers.x, numbers.y]) input.dispatchEvent(new Event("change", { bubbles: true }));
    show();
  }

  image.addEventListener("click", (event) => {
    const { left, top, width, height } = image.getBoundingClientRect();
    set(((event.clientX - left) / width) * 100, ((event.clientY - top) / height) * 100);
    point.focus();
  });
  point.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 10 : 1;
    const [right, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (right === undefined) return;
    event.preventDefault();
    set(value(numbers.x) + right * step, value(numbers.y) + down * step);
  });
  for (const input of [numbers.x, numbers.y]) input.addEventListener("input", show);
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

if (numbers.x && numbers.y) begin(document.querySelector(".focal"));
