// What the form asks the server, and what can go wrong on the way, as errors that the form has words for.

/** Nobody answered, or only to say that something is wrong over there: it is worth trying again. */
export class NoAnswer extends Error {}
/** Nobody is signed in any more. */
export class SignedOut extends Error {}
/** Somebody else is signed in now: nothing is saved in that person's name. */
export class OtherWriter extends Error {}
/** It was understood and refused: trying again would change nothing. */
export class Refused extends Error {}

const PATIENCE_MS = 20_000;
const KEEPALIVE_CHARACTERS = 60_000; // browsers send no more than 64 KiB for a page that is gone

async function ask(url, options = {}) {
  let response;
  try {
    response = await fetch(url, {
      redirect: "manual", // to the sign-in page
      cache: "no-store",
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
    throw new NoAnswer(); // it broke off, or something between us answered in its place
  }
}

export class Server {
  constructor(form, writer) {
    this.form = form;
    this.writer = writer;
  }

  /** See that we may still save, and take over the token that forms need now; return which of the form sessions ended. */
  async standing(url, formSessions = []) {
    const query = new URLSearchParams([["writer", this.writer], ...formSessions.map((formSession) => ["form_session", formSession])]);
    const response = await ask(`${url}?${query}`);
    if (response.status >= 400) throw new Refused();
    const { csrf, ended } = await read(response);
    this.form.elements.csrfmiddlewaretoken.value = csrf;
    return ended;
  }

  /** Post the text of a form, as a query, with what else belongs to it; return the response. */
  async post(url, standingUrl, text, values, { isLeaving = false } = {}) {
    const send = () => {
      const body = new URLSearchParams(text);
      for (const [name, value] of Object.entries({ ...values, writer: this.writer })) body.set(name, value);
      body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
      const keepalive = isLeaving && body.toString().length < KEEPALIVE_CHARACTERS;
      return ask(url, { method: "POST", body, keepalive });
    };
    let response = await send();
    if (response.status === 403) {
      // Whoever signed in again has another token; otherwise it is refused for good.
      await this.standing(standingUrl);
      response = await send();
    }
    if (response.status >= 400) throw new Refused();
    return response;
  }

  async postForJson(...parts) {
    return read(await this.post(...parts));
  }
}
