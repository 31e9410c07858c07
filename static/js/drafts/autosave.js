// The form is saved a few seconds after typing stops. One save runs at a time; newer text and buttons wait for it. Text
// that the server has not confirmed is stored in this browser.
import { NoAnswer, OtherWriter, Refused, SignedOut } from "drafts/server";

const LOOK_MS = 1000; // also detects widgets that change fields without an event
const QUIET_MS = 3000;
const LONGEST_MS = 30_000; // between saves during continuous typing
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30_000;
const STAYED_MS = 30_000; // after a button that does not load another page
// Fields that the form sends besides the input.
const OWN_FIELDS = new Set(["csrfmiddlewaretoken", "token", "form_session", "step", "stale_seen"]);
// The parts of the panel that only a stored record has.
const PANELS = ["[data-preflight-findings]", "[data-preflight-hint]", "[data-appearance]", "[data-comments]", "[data-versions]"];

export class Autosave {
  constructor(form, urls, server, copies, say) {
    Object.assign(this, { form, urls, server, copies, say });
    const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    // On back navigation the browser restores old input, which would overwrite later saves.
    if (isBack) form.reset();
    const asSent = form.cloneNode(true);
    asSent.reset(); // the user may have typed already
    this.seen = this.textOf(asSent);
    // The input of a form that came back with errors is stored nowhere else; of an empty one there is nothing to store.
    const texts = [...form.querySelectorAll(".desk__text :is(input, textarea)")];
    const isTyped = texts.some(({ value }) => value.replace(/<\/?p>/g, "").trim());
    this.kept = document.querySelector(".errornote") && isTyped ? "" : this.seen;
    this.refused = null;
    this.sent = null;
    this.step = Number(form.elements.step.value) || 0;
    this.changedAt = 0;
    this.unsavedSince = 0;
    this.pause = 0;
    this.notBefore = 0;
    this.underWay = null;
    this.isLeaving = false;
    this.listeners = [];
    setInterval(() => this.look(), LOOK_MS);
    form.addEventListener("input", () => this.look());
    form.addEventListener("submit", (event) => this.press(event));
    window.addEventListener("online", () => this.tryAgain());
    window.addEventListener("focus", () => this.tryAgain());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.isLeaving = false;
    });
    this.look();
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.leave();
      else this.tryAgain();
    });
  }

  get token() {
    return this.form.elements.token.value;
  }

  get isUnsaved() {
    return this.seen !== this.kept;
  }

  /** The input of a form as a query string, without technical fields. */
  textOf(form) {
    const isTyped = ([name, value]) => !OWN_FIELDS.has(name) && typeof value === "string";
    return new URLSearchParams([...new FormData(form)].filter(isTyped)).toString();
  }

  /** Call `listener` after each change of the input. */
  onChange(listener) {
    this.listeners.push(listener);
  }

  look() {
    if (this.isLeaving) return;
    const now = this.textOf(this.form);
    if (now !== this.seen) {
      this.seen = now;
      this.changedAt = Date.now();
      document.dispatchEvent(new Event("draft:changed"));
      if (!this.isUnsaved) {
        this.copies.drop();
        this.unsavedSince = 0;
        this.say({ text: "" });
        document.dispatchEvent(new Event("draft:saved")); // it is the stored text again
      } else {
        this.unsavedSince ||= Date.now();
        this.keepCopy();
      }
      for (const listener of this.listeners) listener();
    }
    const isQuiet = Date.now() - this.changedAt >= QUIET_MS;
    const isLong = this.unsavedSince && Date.now() - this.unsavedSince >= LONGEST_MS;
    if (isQuiet || isLong) this.saveIfNeeded();
  }

  keepCopy(details = {}) {
    const step = this.seen === this.sent ? this.step : this.step + 1;
    this.hasCopy = this.copies.keep(this.seen, { token: this.token, step, ...details });
  }

  saveIfNeeded(options) {
    if (!this.isUnsaved || this.underWay || this.seen === this.refused || Date.now() < this.notBefore) return;
    this.underWay = this.save(options).finally(() => {
      this.underWay = null;
    });
  }

  tryAgain() {
    this.notBefore = 0;
    this.look();
  }

  /** The page is hidden and may be closed: save immediately. */
  leave() {
    this.look();
    this.notBefore = 0;
    if (!this.isLeaving) this.saveIfNeeded({ isLeaving: true });
  }

  async save(options) {
    const text = this.seen;
    // A retry of the same text keeps its step, since the server may have received it.
    if (text !== this.sent) this.step += 1;
    this.sent = text;
    const values = { token: this.token, form_session: this.form.elements.form_session.value, step: this.step };
    try {
      const answer = await this.server.postForJson(this.urls.autosave, this.urls.autosave, text, values, options);
      this.pause = 0;
      this.take(answer, text);
    } catch (error) {
      this.explain(error, text);
    }
  }

  take(answer, text) {
    const problems = answer.problems ?? [];
    this.showErrors(answer.errors ?? {});
    if (!answer.is_saved) {
      this.refused = text;
      this.say({ text: `Not saved yet. ${problems.join(" ")} ${this.whereItIs()}`, isTrouble: true });
      return;
    }
    this.form.elements.token.value = answer.token;
    this.form.elements.step.value = this.step;
    const { slug } = this.form.elements;
    const kept = new URLSearchParams(text);
    if (answer.made_slug && slug.value === kept.get("slug")) {
      slug.value = answer.made_slug;
      kept.set("slug", answer.made_slug);
    }
    if (this.seen === text) this.seen = kept.toString();
    this.kept = kept.toString();
    this.adopt(answer);
    document.dispatchEvent(new Event("draft:saved"));
    if (!this.isUnsaved) {
      this.unsavedSince = 0;
      if (!problems.length) this.copies.drop();
    } else {
      this.unsavedSince = Date.now();
      this.keepCopy();
    }
    const { conflict, at } = answer;
    if (conflict) {
      const who = conflict.is_own ? "You saved this in another window or tab" : `${conflict.by} saved this`;
      const text = `${who} meanwhile. Your version is stored separately (${at}).`;
      this.say({ text, link: { address: conflict.url, words: "Compare both" }, isTrouble: true });
    } else {
      const forWhom = answer.is_live && answer.is_draft ? ": readers still see the published version" : "";
      const but = problems.length ? ` Not saved: ${problems.join(" ")}` : "";
      this.say({ text: `Autosaved at ${at}${forWhom}.${but}`, isTrouble: Boolean(but) });
    }
  }

  /** Show the errors of the last save beside their fields, as the page does after a button. */
  showErrors(errors) {
    this.form.querySelectorAll("p.errorlist").forEach((line) => line.remove());
    for (const [name, sentences] of Object.entries(errors)) {
      const line = Object.assign(document.createElement("p"), { className: "errorlist", textContent: sentences.join(" ") });
      [...this.form.querySelectorAll(`.field-${name}`)].at(-1)?.prepend(line);
    }
  }

  /** Turn the form of a new record into that of the stored one. */
  adopt(answer) {
    if (this.urls.autosave === answer.autosave_url) return;
    this.urls.autosave = answer.autosave_url;
    this.urls.preview = answer.preview_url;
    this.copies.moveTo(answer.record);
    history.replaceState(history.state, "", answer.change_url);
    const here = document.querySelector(".breadcrumbs [aria-current]");
    if (here) here.textContent = this.form.querySelector(".title-field")?.value || "Untitled";
    this.form.querySelectorAll("[data-preview-button]").forEach((button) => (button.formAction = answer.preview_url));
    this.loadPanels(answer.change_url);
  }

  /** Fill the panels that the form of a new record does not have yet. */
  async loadPanels(address) {
    const response = await fetch(address, { redirect: "error" }).catch(() => null);
    if (!response?.ok) return; // they are there when the form is next opened
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const panel of PANELS) {
      const found = page.querySelector(panel);
      if (found) document.querySelector(panel)?.replaceChildren(...found.childNodes);
    }
    document.dispatchEvent(new Event("draft:stored"));
  }

  explain(error, text) {
    const isTried = error instanceof NoAnswer;
    if (isTried || error instanceof SignedOut || error instanceof OtherWriter) {
      this.pause = Math.min(this.pause * 2 || FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
      this.notBefore = Date.now() + this.pause;
    }
    const signIn = { address: this.urls.signIn, isBeside: true };
    const trouble = (text, link) => this.say({ text, link, isTrouble: true });
    if (isTried) {
      trouble(`Not saved: no connection, or the site is busy. Trying again. ${this.whereItIs()}`);
    } else if (error instanceof SignedOut) {
      this.whereItIs();
      trouble("You are signed out.", { ...signIn, words: "Sign in again in a new tab; nothing is lost." });
    } else if (error instanceof OtherWriter) {
      const text = `Another user is now signed in in this browser, so nothing is saved. ${this.whereItIs()}`;
      trouble(text, { ...signIn, words: "Sign in with your account in a new tab." });
    } else if (error instanceof Refused) {
      this.refused = text;
      const why = "The text is too long, or you no longer have permission to change it.";
      trouble(`Not saved: the server rejected it. ${why} ${this.whereItIs()}`);
    } else {
      throw error;
    }
  }

  /** Store unsaved text in the browser; return a message on whether that worked. */
  whereItIs() {
    if (!this.isUnsaved) return "";
    this.keepCopy();
    return this.hasCopy ? "Your text is stored in this browser." : "This browser cannot store it: leave the tab open.";
  }

  /** On a button: wait for a running save, check connection and sign-in, then submit the form. */
  async press(event) {
    const button = event.submitter;
    if (this.isLeaving || button?.formTarget) return;
    event.preventDefault();
    if (this.isPressed) return;
    this.isPressed = true;
    try {
      await this.underWay;
      await this.server.status(this.urls.autosave);
    } catch (error) {
      this.explain(error, null);
      return;
    } finally {
      this.isPressed = false;
    }
    await this.underWay; // started meanwhile
    this.isLeaving = true;
    setTimeout(() => (this.isLeaving = false), STAYED_MS);
    this.seen = this.textOf(this.form);
    this.step += 1;
    this.form.elements.step.value = this.step;
    if (this.isUnsaved) this.keepCopy({ isPressed: true, step: this.step });
    this.form.requestSubmit(button);
  }
}
