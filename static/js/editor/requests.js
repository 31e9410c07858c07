// Requests of the editor and its dialogs.

const LONGEST_WAIT_SECONDS = 5; // for a site that is busy, before the request is sent once more

/** Request JSON, with `parameters` added to the address. Throws an Error with a sentence for the editor. */
export async function ask(url, { parameters = [], headers, isAgain = false, ...options } = {}) {
  const address = new URL(url, window.location.href);
  for (const [name, value] of parameters) address.searchParams.append(name, value);
  let response;
  let answer;
  try {
    response = await fetch(address, { headers: { Accept: "application/json", ...headers }, ...options });
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    answer = isJson ? await response.json() : {};
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server does not respond.");
  }
  const wait = Number(response.headers.get("Retry-After") ?? Infinity);
  if (response.status === 503 && !isAgain && wait <= LONGEST_WAIT_SECONDS) {
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    return ask(url, { parameters, headers, isAgain: true, ...options });
  }
  if (response.redirected) throw new Error("You are signed out. Sign in again in another tab.");
  if (response.status === 413) throw new Error(answer.problem ?? "The file is too large.");
  if (!response.ok) throw new Error(answer.problem ?? `The server rejected it (${response.status}).`);
  return answer;
}

/** Send a form with its fields. The CSRF token is a fresh one, since the page may be older than the last sign-in. */
export async function send(url, fields, signal) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const { token } = await ask(url, { signal });
  return ask(url, { method: "POST", body, signal, headers: { "X-CSRFToken": token } });
}
