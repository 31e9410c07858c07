// The form of a record with drafts: autosave, preview, and recovery of unsaved text from an earlier tab.
import { Autosave } from "drafts/autosave";
import { Copies } from "drafts/copies";
import { Preview } from "drafts/preview";
import { NoAnswer, Server } from "drafts/server";

const bar = document.querySelector("[data-autosave-url]");
// The editors build their texts from the fields first; both scripts are modules, which run in order.
if (bar) start(bar.closest("form"));

function start(form) {
  const { autosaveUrl, previewUrl, signInUrl, writer, record } = bar.dataset;
  const urls = { autosave: autosaveUrl, preview: previewUrl, signIn: signInUrl };
  const server = new Server(form, writer);
  const copies = new Copies(writer, record, form.elements.form_session.value);
  const autosave = new Autosave(form, urls, server, copies, (words) => say(bar.querySelector("[role=status]"), words));
  new Preview(document.querySelector(".preview-pane"), bar.querySelector("[data-preview-button]"), autosave);
  offer(form, urls, server, copies, autosave);
}

/** Show a status message, which screen readers announce once; `link` has an address, words and whether it opens a tab. */
function say(status, { text, link, isTrouble = false }) {
  status.classList.toggle("form-bar__status--trouble", isTrouble);
  if (status.textContent === (link ? `${text} ${link.words}` : text)) return;
  status.replaceChildren(link ? `${text} ` : text);
  if (!link) return;
  const target = link.isBeside ? "_blank" : "";
  status.append(Object.assign(document.createElement("a"), { href: link.address, textContent: link.words, target }));
}

async function offer(form, urls, server, copies, autosave) {
  const found = await copies.found();
  if (!found.length) return;
  let ended = [];
  try {
    ended = await server.status(urls.autosave, found.map((copy) => copy.formSession));
  } catch {
    return; // repeated when the form is next opened
  }
  for (const copy of found) {
    // The form shows the same text, or the copy was submitted by a button, and that save succeeded.
    const isSaved = copy.text === autosave.seen || (copy.isPressed && ended.includes(copy.formSession));
    if (isSaved) copies.drop(copy.key);
    else offerOne(form, urls, server, copies, autosave, copy);
  }
}

function offerOne(form, urls, server, copies, autosave, copy) {
  const address = urls.autosave; // of the form for a new record, even after it was adopted by a stored one
  const notice = document.querySelector("#found-text").content.firstElementChild.cloneNode(true);
  const moment = new Date(copy.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  notice.querySelector("[data-moment]").textContent = moment;
  const problem = notice.querySelector("[role=status]");
  notice.querySelector("[data-throw-away]").addEventListener("click", () => {
    copies.drop(copy.key);
    notice.remove();
  });
  const compare = notice.querySelector("[data-compare]");
  if (copies.record.endsWith("/new")) compare.textContent = "Continue with this text";
  compare.addEventListener("click", async (event) => {
    event.target.disabled = true;
    try {
      autosave.tryAgain();
      autosave.saveIfNeeded();
      await autosave.underWay; // text typed here meanwhile
      const values = { token: copy.token, form_session: copy.formSession, step: copy.step, is_found: "1" };
      const answer = await server.postForJson(address, address, copy.text, values);
      if (!answer.is_saved) throw new Error(answer.problems.join(" "));
      const isHere = !answer.conflict && answer.change_url === location.pathname;
      if (isHere && answer.problems.length) {
        autosave.isLeaving = true;
        showAgain(form, copy, answer.token);
        return;
      }
      if (!answer.problems.length) copies.drop(copy.key);
      if (!isHere) location.assign(answer.conflict ? `${answer.conflict.url}&found=1` : answer.change_url);
      else notice.replaceChildren("It equals the text of this form: nothing was lost.");
    } catch (error) {
      event.target.disabled = false;
      problem.textContent = error instanceof NoAnswer ? "No connection: try again later. The text is still stored here." : error.message || "That did not work. The text is still stored here.";
    }
  });
  form.querySelector(".found-texts").append(notice);
}

/** Submit a copy that has invalid fields: the server shows the form with it again, and the errors beside their fields. */
function showAgain(form, copy, token) {
  const csrfmiddlewaretoken = form.elements.csrfmiddlewaretoken.value;
  const own = { token, csrfmiddlewaretoken, form_session: copy.formSession, step: copy.step, _continue: "save" };
  const again = Object.assign(document.createElement("form"), { method: "post", action: location.pathname });
  for (const [name, value] of [...new URLSearchParams(copy.text), ...Object.entries(own)]) {
    again.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(again);
  again.submit();
}
