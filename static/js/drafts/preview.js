// The preview beside the form: the page as readers would see it, updated while typing.
import { NoAnswer, OtherWriter, SignedOut } from "drafts/server";

const QUIET_MS = 700;
const BESIDE = matchMedia("(width > 64rem)");
const OPEN = "preview-is-open";

export class Preview {
  constructor(pane, button, autosave) {
    Object.assign(this, { pane, button, autosave });
    this.window = pane.querySelector(".preview__window");
    this.status = pane.querySelector(".preview__status");
    this.shown = null;
    button.addEventListener("click", (event) => {
      event.preventDefault(); // without this script it opens in a new tab
      if (pane.open) pane.close();
      else this.open();
    });
    pane.querySelector("[data-preview-close]").addEventListener("click", () => pane.close());
    pane.addEventListener("close", () => button.setAttribute("aria-expanded", "false"));
    // Open again after a save, but not for the next text.
    window.addEventListener("pagehide", () => sessionStorage.setItem(OPEN, pane.open ? location.pathname : ""));
    document.addEventListener("keydown", closeOnEscape);
    pane.addEventListener("change", () => this.fit());
    new ResizeObserver(() => this.fit()).observe(this.window);
    autosave.onChange(() => this.wait());
    BESIDE.addEventListener("change", () => pane.open && pane.close());
    if (sessionStorage.getItem(OPEN) === location.pathname && BESIDE.matches) this.open();
  }

  open() {
    const focused = document.activeElement;
    if (BESIDE.matches) {
      this.pane.show();
      document.activeElement.blur(); // it moves the focus
      focused.focus({ preventScroll: true });
    } else {
      this.pane.showModal();
    }
    this.button.setAttribute("aria-expanded", "true");
    this.fit();
    this.refresh();
  }

  /** Scale the page to the width of the pane. */
  fit() {
    const width = this.pane.querySelector("[name=preview_width]:checked").value === "phone" ? 390 : 1280;
    const shownAt = Math.min(1, this.window.clientWidth / width);
    this.window.style.setProperty("--width", `${width}px`);
    this.window.style.setProperty("--shown-at", shownAt);
    this.window.style.setProperty("--height", `${this.window.clientHeight / shownAt}px`);
  }

  wait() {
    clearTimeout(this.timer);
    if (this.pane.open) this.timer = setTimeout(() => this.refresh(), QUIET_MS);
  }

  async refresh() {
    const { autosave } = this;
    if (this.isAsking || autosave.seen === this.shown) return;
    this.isAsking = true;
    const text = autosave.seen;
    const { preview, autosave: statusUrl } = autosave.urls;
    try {
      const response = await autosave.server.post(preview, statusUrl, text, { token: autosave.token });
      this.show(await response.text());
      this.shown = text;
      this.status.textContent = "";
    } catch (error) {
      this.shown = null;
      const isSignedOut = error instanceof SignedOut || error instanceof OtherWriter;
      const why = error instanceof NoAnswer ? "No connection" : isSignedOut && "You are signed out";
      this.status.textContent = why ? `${why}: this is the last preview.` : "No preview available.";
    }
    this.isAsking = false;
    if (autosave.seen !== text) this.wait(); // changed meanwhile
  }

  /** Replace the page once the new one has loaded, at the same scroll position. */
  show(html) {
    const old = this.window.querySelector("iframe");
    const frame = document.createElement("iframe");
    frame.className = "preview__page preview__page--coming";
    frame.title = "Preview of the page";
    // The frame runs no scripts and cannot navigate; links open in a new tab.
    frame.sandbox = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";
    frame.srcdoc = html;
    frame.addEventListener("load", () => {
      frame.contentDocument.addEventListener("click", leadWithin);
      frame.contentDocument.addEventListener("keydown", closeOnEscape);
      frame.contentWindow.scrollTo(0, old?.contentWindow?.scrollY ?? 0);
      frame.classList.remove("preview__page--coming");
      old?.remove();
    });
    this.window.append(frame);
  }
}

function closeOnEscape(event) {
  const pane = document.querySelector(".preview-pane[open]:not(:modal)");
  if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog:modal")) pane?.close();
}

/** Links to headings and notes scroll within the page. */
function leadWithin(event) {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link) return;
  event.preventDefault();
  link.ownerDocument.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)))?.scrollIntoView();
}
