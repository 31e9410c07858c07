// Copies in this browser of input that has not reached the server: one per user, record and form session.

const PREFIX = "draft:";
const DAYS = 60;
const DAY_MS = 86_400_000;

function read(key) {
  try {
    const copy = JSON.parse(localStorage.getItem(key));
    return copy && typeof copy.text === "string" ? copy : null;
  } catch {
    return null; // written by another program, or unreadable
  }
}

export class Copies {
  constructor(writer, record, formSession) {
    Object.assign(this, { writer, record, formSession });
    // The lock is held while the form is open, so that other tabs do not treat its text as lost.
    navigator.locks?.request(this.lockOf(formSession), () => new Promise(() => {}));
    this.prune();
  }

  lockOf(formSession) {
    return `${PREFIX}${formSession}`;
  }

  get folder() {
    return `${PREFIX}${this.writer}:${this.record}:`;
  }

  get key() {
    return this.folder + this.formSession;
  }

  /** Store the text; return whether the browser had room. */
  keep(text, details) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ text, at: Date.now(), ...details }));
      return true;
    } catch {
      return false;
    }
  }

  drop(key = this.key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // Without storage there are no copies.
    }
  }

  /** Move the copy to a record that has just been stored. */
  moveTo(record) {
    const copy = read(this.key);
    this.drop();
    this.record = record;
    if (copy) this.keep(copy.text, copy);
  }

  /** Copies for this user and record whose forms are closed, latest first. */
  async found() {
    const held = new Set((await navigator.locks?.query())?.held.map((lock) => lock.name));
    return this.keys()
      .filter((key) => key.startsWith(this.folder) && key !== this.key)
      .map((key) => ({ key, formSession: key.slice(this.folder.length), ...read(key) }))
      .filter((copy) => copy.text && !held.has(this.lockOf(copy.formSession)))
      .sort((one, other) => other.at - one.at);
  }

  keys() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
    } catch {
      return [];
    }
  }

  prune() {
    for (const key of this.keys()) {
      const copy = read(key);
      if (!copy || Date.now() - copy.at > DAYS * DAY_MS) this.drop(key);
    }
  }
}
