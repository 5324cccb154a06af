// What people decide on this page. It is kept in the browser where that may be, and counts once its file is imported.
const STORE = `fotonetral.decisions.${data.scan}`;
const MOST_NOTE = 500;

const pending = new Map();
let remembers = true;
let savedText = "";

/** Decisions that may be made about an entry, in the order of their keys. */
const choicesFor = (at) => {
  if (columns.verdict[at] === CLEAR) return ["reviewed", "missed"];
  return columns.verdict[at] >= ERROR ? ["reviewed", "handled"] : ["reviewed", "handled", "false_alarm"];
};

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(STORE) ?? "{}");
    savedText = typeof kept.saved === "string" ? kept.saved : "";
    for (const { key, ruling, note } of Array.isArray(kept.decisions) ? kept.decisions : []) {
      if (typeof key === "string" && RULINGS.indexOf(ruling) > 0) pending.set(key, { ruling, note: String(note ?? "") });
    }
  } catch {
    remembers = false;
  }
  for (const [key, { ruling, note }] of pending) {
    const at = entryOf(key);
    // What was imported meanwhile stands in the page itself.
    if (at >= 0 && columns.recorded[at] === RULINGS.indexOf(ruling) && !note) pending.delete(key);
    else if (at >= 0) columns.ruling[at] = RULINGS.indexOf(ruling);
  }
}

function remember() {
  try {
    localStorage.setItem(STORE, JSON.stringify({ decisions: decided(), saved: savedText }));
    remembers = true;
  } catch {
    remembers = false;
  }
}

const decided = () =>
  [...pending].map(([key, { ruling, note }]) => ({ key, ruling, note })).sort((a, b) => (a.key < b.key ? -1 : 1));
const exported = () => JSON.stringify({ schema: "fotonetral.decisions/1", decisions: decided() }, null, 1);
const unsaved = () => pending.size > 0 && exported() !== savedText;

/** Note a decision about entries, or take it back with "". Each is told with its whole key. */
function decide(entries, ruling, note) {
  for (const [at, key] of entries) {
    if (ruling) pending.set(key, { ruling, note: note.slice(0, MOST_NOTE) });
    else pending.delete(key);
    columns.ruling[at] = ruling ? RULINGS.indexOf(ruling) : columns.recorded[at];
  }
  remember();
  document.dispatchEvent(new Event("decided"));
}

function download() {
  const text = exported();
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  make("a", { href: address, download: `${say("save_name")}-${data.day}-${data.scan.slice(0, 6)}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  savedText = text;
  remember();
  document.dispatchEvent(new Event("decided"));
}

/** The bar at the foot of the window that tells of decisions which are not imported yet. */
function pendingBar() {
  const said = make("p", { role: "status" });
  const button = make("button", { type: "button", class: "main", on: { click: download } }, say("save"));
  const how = make("details", {}, make("summary", {}, say("save_how_title")), make("p", {}, say("save_how")));
  const bar = make("section", { class: "pending", "aria-label": say("pending_title"), hidden: true }, said, button, how);
  const update = () => {
    bar.hidden = pending.size === 0;
    document.body.classList.toggle("has-pending", !bar.hidden);
    const text = say(unsaved() ? "pending" : "pending_saved", { count: count(pending.size) });
    said.textContent = remembers ? text : `${text} ${say("pending_forgotten")}`;
    bar.classList.toggle("is-saved", !unsaved());
  };
  document.addEventListener("decided", update);
  update();
  return bar;
}

addEventListener("beforeunload", (event) => {
  if (!remembers && unsaved()) event.preventDefault();
});
