// Shows the progress of a job: fetches the page every two seconds, and loads it anew when the job has ended.
const shown = document.querySelector("[data-progress]");

async function look() {
  const response = await fetch(location.href).catch(() => null);
  if (response?.ok) {
    const now = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-progress]");
    if (!now?.dataset.progress) return location.reload();
    if (now.innerHTML !== shown.innerHTML) shown.replaceChildren(...now.childNodes);
  }
  setTimeout(look, 2000);
}

if (shown?.dataset.progress) setTimeout(look, 2000);
