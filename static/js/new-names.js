// Autocomplete fields that also take new names: what is typed is the last choice, so that Enter takes a record found.
const { defaults } = django.jQuery.fn.select2;

defaults.set("insertTag", (options, added) => options.push(added));
defaults.set("createTag", ({ term }) => {
  const name = term.trim();
  return name && !/^\d+$/.test(name) ? { id: name, text: `${name} (new)` } : null;
});

// Enter and Tab take the first choice for what is typed; if the server is slow, once it has answered.
function onKey(event) {
  const list = document.querySelector(".select2-results__options");
  if (!list || !event.target.value || !["Enter", "Tab"].includes(event.key)) return;
  const isLoading = () => list.querySelector(".loading-results");
  const choose = () => !isLoading() && django.jQuery(".select2-results__option--highlighted").trigger("mouseup");
  if (event.key === "Tab") choose();
  if (!isLoading()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const answered = new MutationObserver(() => choose() && answered.disconnect());
  answered.observe(list, { childList: true });
}

document.addEventListener("keydown", onKey, true);
