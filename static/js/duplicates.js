// Beside a question that is typed: which others ask the same. What was saved last stands there without this script.
{
  const PAUSE_MS = 500;
  const list = document.querySelector("[data-duplicates-url]");
  const form = list?.closest("form");
  let timer, underWay, asked, said;

  /** The key of this question, which a new one has once the form has saved itself; "" until then. */
  const stored = () => location.pathname.match(/\/(\d+)\/change\/$/)?.[1] ?? "";

  /** What is typed; the answer too, since two answers may contradict each other. */
  function typed() {
    const words = new URLSearchParams();
    words.append("question", form.elements.question.value);
    words.append("answer", form.elements.answer?.value ?? "");
    words.append("pk", stored());
    return words;
  }

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
      // What was said already is not said again.
      if (mine === underWay && found !== said) list.innerHTML = said = found;
    } catch {
      if (mine !== underWay) return; // another question was typed meanwhile
      asked = said = undefined;
      list.textContent = "The server does not answer. What asks the same stands here once this is saved.";
    }
  }

  if (form?.elements.question) {
    if (stored()) asked = typed().toString();
    else if (form.elements.question.value) ask(); // begun with words from elsewhere
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE_MS);
    });
  }
}
