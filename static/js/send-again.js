// Sends a form once more by itself that the busy site gave back, unless its sender does something with it first.
const form = document.querySelector("form[data-send-again]");
const seconds = Number(form.dataset.sendAgain);
const words = document.createTextNode(` This happens by itself in ${seconds} seconds.`);
form.querySelector("[role=alert]").append(words);
const timer = setTimeout(() => form.requestSubmit(), seconds * 1000);
for (const type of ["input", "submit"]) {
  form.addEventListener(type, () => {
    clearTimeout(timer);
    words.remove();
  });
}
