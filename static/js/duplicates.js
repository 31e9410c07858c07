// Lists duplicates beside a question while it is typed. Without this script the list is that of the last save.
{
  const PAUSE_MS = 500;
  const list = document.querySelector("[data-duplicates-url]");
  const form = list?.closest("form");
  let timer, underWay, asked, said;

  /** The key of this question; "" until a new one is autosaved. */
  const stored = () => location.pathname.match(/\/(\d+)\/change\/$/)?.[1] ?? "";

  /** The input to compare; the answer too, since two answers may contradict each other. */
  const typed = () =>
    new URLSearchParams({ question: form.elements.question.value, answer: form.elements.answer?.value ?? "", pk: stored() });

  async function ask() {
    const words = typed();
    const now = words.toString();
    if (now === asked) return;
    asked = now;
    underWay?.abort();
    const mine = (underWay = new AbortController());
    try {
      const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
      const signal = AbortSignal.any([mine.signal, AbortSignal.timeout(10_000)]);
      const response = await fetch(list.dataset.duplicatesUrl, { method: "POST", body: words, headers, signal });
      if (!response.ok || response.redirected) throw new Error();
      const found = await response.text();
      // An unchanged result is not announced again.
      if (mine === underWay && found !== said) list.innerHTML = said = found;
    } catch {
      if (mine !== underWay) return; // the input changed meanwhile
      asked = said = undefined;
      list.textContent = "The server does not respond. Possible duplicates appear here once the question is saved.";
    }
  }

  if (form?.elements.question) {
    if (stored()) asked = typed().toString();
    else if (form.elements.question.value) ask(); // prefilled by a link
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE_MS);
    });
  }
}
