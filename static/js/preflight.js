// The panel “Before you publish”: it can be asked about what is typed, and leads to the place in the text.
{
  const panel = document.querySelector("[data-preflight-findings]");
  const form = panel?.closest("form");

  /** The element of the editor in which the place lies; null where there is no editor. */
  function placeInText(field, tags, index) {
    const text = form.querySelector(`.field-${CSS.escape(field)} .ProseMirror[contenteditable]`);
    return text && ((tags && text.querySelectorAll(tags)[index]) || text);
  }

  function goTo(event) {
    const link = event.target.closest(".preflight__go");
    if (!link || link.dataset.preflightWords) return; // names: preflight-names.js
    const field = link.hash.slice("#id_".length);
    const place = placeInText(field, link.dataset.preflightTags, Number(link.dataset.preflightIndex));
    if (!place) {
      // A field: the browser leads there, and opens what is folded; then it can be typed in at once.
      requestAnimationFrame(() => document.getElementById(`id_${field}`)?.focus());
      return;
    }
    event.preventDefault();
    const isQuiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
    place.closest(".ProseMirror").focus({ preventScroll: true });
    const selection = getSelection();
    selection.selectAllChildren(place.querySelector("p") ?? place); // of a table its first cell
    selection.collapseToStart();
    place.scrollIntoView({ block: "center", behavior: isQuiet ? "auto" : "smooth" });
    // Not by a class: the editor would take it for a change of the text.
    const outline = ["3px solid var(--accent)", "3px solid var(--accent)", "3px solid transparent"];
    place.animate({ outline, outlineOffset: ["3px", "3px", "3px"] }, 2500);
  }

  /** Ask about what is typed. `add` goes with it; what is folded out stays so, and the keyboard where it was. */
  async function check(button, url, hint, { add = {}, say = "" } = {}) {
    const body = new FormData(form);
    for (const [name, value] of Object.entries(add)) body.set(name, value);
    const open = [...panel.querySelectorAll("details")].map((fold) => fold.open);
    const hadFocus = panel.contains(document.activeElement);
    button.disabled = true;
    try {
      const response = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(30_000) });
      if (!response.ok || response.redirected) throw new Error();
      panel.innerHTML = await response.text();
      for (const [place, fold] of panel.querySelectorAll("details").entries()) fold.open = open[place] ?? false;
      if (hadFocus) (panel.querySelector("#preflight-names") ?? button).focus();
      hint.textContent = say || "This is about what stands in the form now.";
    } catch {
      hint.textContent = "The server does not answer. Save the draft to look again.";
    } finally {
      button.disabled = false;
    }
  }

  if (form) {
    panel.addEventListener("click", goTo);
    const section = panel.closest(".preflight");
    const hint = section.querySelector("[data-preflight-hint]");
    if (section.dataset.preflightUrl && hint) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button", textContent: "Check what is typed" });
      button.addEventListener("click", () => check(button, section.dataset.preflightUrl, hint));
      hint.before(button);
      panel.addEventListener("preflight:check", (event) => check(button, section.dataset.preflightUrl, hint, event.detail));
    }
  }
}
