// Says every few seconds that the form is open, and shows who else has it open. Also tells of new comments.
const PAUSE_MS = 15_000;
const place = document.querySelector("[data-others]");
const form = place?.closest("form");
let comments = null;

async function beat() {
  if (document.visibilityState === "hidden" || !location.pathname.endsWith("/change/")) return;
  try {
    const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    const response = await fetch(new URL("../presence/", location.href), { method: "POST", body, redirect: "manual" });
    if (!response.ok) return;
    const answer = await response.json();
    const words = answer.names.length ? `Also editing: ${answer.names.join(", ")}` : "";
    if (place.textContent !== words) place.textContent = words;
    if (comments !== null && comments !== answer.comments) document.dispatchEvent(new Event("comments:changed"));
    comments = answer.comments;
  } catch {
    // No connection: the autosave says so.
  }
}

if (place) {
  beat();
  setInterval(beat, PAUSE_MS);
  document.addEventListener("visibilitychange", beat);
}
