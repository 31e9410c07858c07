// Names the values of the mark under the pointer, or chosen with the arrow keys. Without this file a mark has a tooltip.
// The address carries the highlighted models, as ?model=…; on the page of charts the server draws them.

const highlighted = new URLSearchParams(window.location.search).getAll("model");
const isHighlighted = (url) => highlighted.some((slug) => url?.endsWith(`/${slug}/`));

for (const frame of document.querySelectorAll("[data-chart]")) answer(frame);
for (const link of document.querySelectorAll(".lifetimes__name")) link.parentElement.classList.toggle("is-highlighted", isHighlighted(link.pathname));

/** The address of this page with a model among the highlighted ones, or without it. */
function withModel(url) {
  const slug = url.split("/").at(-2);
  const address = new URL(window.location.href);
  const others = highlighted.filter((other) => other !== slug);
  address.searchParams.delete("model");
  for (const model of others.length < highlighted.length ? others : [...others, slug]) address.searchParams.append("model", model);
  return address.href;
}

function linkTo(href, textContent) {
  return Object.assign(document.createElement("a"), { href, textContent });
}

function answer(frame) {
  for (const title of frame.querySelectorAll("[data-url] > title")) {
    title.parentElement.dataset.values = title.textContent;
    title.remove(); // or it would be shown twice
  }
  const dots = [...frame.querySelectorAll("[data-url]")];
  if (!frame.querySelector(".is-highlighted") && dots.some(({ dataset }) => isHighlighted(dataset.url))) {
    for (const dot of dots) dot.classList.add(isHighlighted(dot.dataset.url) ? "is-highlighted" : "is-behind");
  }
  Object.assign(frame, { tabIndex: 0, role: "group", ariaLabel: frame.dataset.chart });
  const canPoint = window.matchMedia("(hover: hover) and (width >= 44rem)").matches;
  const hint = canPoint ? "Hover over a mark to see its values, or use the arrow keys." : "Tap the chart to see the values of the nearest mark.";
  const values = Object.assign(document.createElement("p"), { className: "chart-frame__values", role: "status", textContent: hint });
  frame.append(values);
  let current = null;

  const marks = () =>
    [...frame.querySelectorAll("[data-values]")].filter((mark) => mark.getClientRects().length > 0).sort((one, other) => middleOf(one).x - middleOf(other).x);

  function name(mark) {
    current?.classList.remove("is-current");
    current = mark;
    current?.classList.add("is-current");
    values.textContent = mark ? mark.dataset.values : hint;
    values.classList.toggle("is-filled", Boolean(mark));
    if (mark?.dataset.url) {
      const words = isHighlighted(mark.dataset.url) ? "Remove the highlight" : "Highlight it";
      values.append(" ", linkTo(mark.dataset.url, "View the model"), " ", linkTo(withModel(mark.dataset.url), words));
    }
  }

  const choose = ({ clientX, clientY, target }) => {
    if (!target.closest("svg")) return;
    const distance = (mark) => Math.hypot(middleOf(mark).x - clientX, middleOf(mark).y - clientY);
    const nearest = target.closest("[data-values]") ?? marks().reduce((best, mark) => (best && distance(best) <= distance(mark) ? best : mark), null);
    if (nearest && nearest !== current && (nearest === target || distance(nearest) < 40)) name(nearest);
  };
  frame.onpointermove = frame.onpointerdown = choose;

  frame.addEventListener("keydown", (event) => {
    const found = marks();
    const place = found.indexOf(current);
    const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: found.length - 1 }[event.key];
    if (event.key === "Escape") name(null);
    if (event.target !== frame || next === undefined || !found.length) return;
    event.preventDefault();
    name(found[Math.min(Math.max(next, 0), found.length - 1)]);
    current.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

function middleOf(mark) {
  const box = mark.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
