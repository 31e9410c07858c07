// The search of the admin: "/" or Ctrl K outside of a text field leads to it.

const field = document.querySelector(".find-all input");

document.addEventListener("keydown", (event) => {
  const isCtrlK = (event.ctrlKey || event.metaKey) && event.key === "k";
  const isAsked = isCtrlK || (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey);
  const isTyped = event.target.closest("input, textarea, select, [contenteditable]");
  if (!isAsked || isTyped || document.querySelector("dialog:modal")) return;
  event.preventDefault();
  field.focus();
  field.select();
});
