// The requests of the form, and their failures as errors for which the form has messages.

/** No response, or a temporary error of the server: worth a retry. */
export class NoAnswer extends Error {}
/** The user is signed out. */
export class SignedOut extends Error {}
/** Another user is signed in now: nothing may be saved under their name. */
export class OtherWriter extends Error {}
/** The request was refused: a retry would not help. */
export class Refused extends Error {}

const PATIENCE_MS = 20_000;
const KEEPALIVE_CHARACTERS = 60_000; // browsers limit requests of closing pages to 64 KiB

async function ask(url, options = {}) {
  let response;
  try {
    response = await fetch(url, {
      redirect: "manual", // a redirect leads to the sign-in page
      cache: "no-store",
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...options,
    });
  } catch {
    throw new NoAnswer();
  }
  if (response.type === "opaqueredirect") throw new SignedOut();
  if (response.status === 409) throw new OtherWriter();
  if (response.status >= 500 || response.status === 429) throw new NoAnswer();
  return response;
}

async function read(response) {
  try {
    return await response.json();
  } catch {
    throw new NoAnswer(); // the response broke off, or came from a proxy
  }
}

export class Server {
  constructor(form, writer) {
    this.form = form;
    this.writer = writer;
  }

  /** Check that the user may still save, and update the CSRF token; return those of the form sessions that ended. */
  async status(url, formSessions = []) {
    const query = new URLSearchParams([["writer", this.writer], ...formSessions.map((formSession) => ["form_session", formSession])]);
    const response = await ask(`${url}?${query}`);
    if (response.status >= 400) throw new Refused();
    const { csrf, ended } = await read(response);
    this.form.elements.csrfmiddlewaretoken.value = csrf;
    return ended;
  }

  /** Post the input of a form (a query string) with additional values; return the response. */
  async post(url, statusUrl, text, values, { isLeaving = false } = {}) {
    const send = () => {
      const body = new URLSearchParams(text);
      for (const [name, value] of Object.entries({ ...values, writer: this.writer })) body.set(name, value);
      body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
      const keepalive = isLeaving && body.toString().length < KEEPALIVE_CHARACTERS;
      return ask(url, { method: "POST", body, keepalive });
    };
    let response = await send();
    if (response.status === 403) {
      // After signing in again the CSRF token is another one; if it is not that, the refusal is final.
      await this.status(statusUrl);
      response = await send();
    }
    if (response.status >= 400) throw new Refused();
    return response;
  }

  async postForJson(...parts) {
    return read(await this.post(...parts));
  }
}
