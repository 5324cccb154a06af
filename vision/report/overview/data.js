// The columns of all entries, and the blocks of details and pictures, which are read when they are first looked at.
const columns = (() => {
  const told = JSON.parse(document.getElementById("columns").textContent);
  const bytes = (text) => {
    const raw = atob(text);
    const read = new Uint8Array(raw.length);
    for (let at = 0; at < raw.length; at++) read[at] = raw.charCodeAt(at);
    return read;
  };
  const words = (text) => new Uint32Array(bytes(text).buffer);
  const lists = ({ ends, values }) => ({ ends: words(ends), values: words(values) });
  return {
    count: told.count,
    keys: words(told.keys),
    verdict: bytes(told.verdict),
    known: bytes(told.flags).map((flags) => flags & 1),
    recorded: bytes(told.ruling),
    ruling: bytes(told.ruling),
    day: words(told.day),
    leader: words(told.leader),
    picture: new Int32Array(bytes(told.picture).buffer),
    folders: lists(told.folders),
    kinds: lists(told.kinds),
    people: lists(told.people),
    names: told.names,
  };
})();
// What was not looked at comes after ERROR, and is shown as that is.
const [FLAG, REVIEW, CLEAR, ERROR] = [0, 1, 2, 3];
const FOLDERS = data.folders.map(([name]) => printable(name));

const startOf = (list, at) => (at ? list.ends[at - 1] : 0);

function holds(list, at, value) {
  for (let part = startOf(list, at); part < list.ends[at]; part++) if (list.values[part] === value) return true;
  return false;
}

const hex = (number) => number.toString(16).padStart(8, "0");
const shortKey = (at) => hex(columns.keys[2 * at]) + hex(columns.keys[2 * at + 1]);

/** The number of the entry whose key starts with these 16 digits; -1 where there is none. */
function entryOf(key) {
  const [high, low] = [parseInt(key.slice(0, 8), 16), parseInt(key.slice(8, 16), 16)];
  for (let at = 0; at < columns.count; at++) {
    if (columns.keys[2 * at] === high && columns.keys[2 * at + 1] === low) return at;
  }
  return -1;
}

const fileName = (at) => columns.names[at].split("/", 1)[0];
const firstFolder = (at) => columns.folders.values[startOf(columns.folders, at)];

// Blocks that were read and not looked at for long are forgotten: the page keeps their text anyway.
const MOST_BLOCKS = 40;
const blocks = new Map();

/** A block of the page, read; null while the browser has not come to it yet. */
function block(name) {
  let value = blocks.get(name) ?? null;
  if (value === null) {
    const element = document.getElementById(name);
    // While the page loads, the last block may be there in part.
    if (!element || (document.readyState === "loading" && !element.nextSibling)) return null;
    value = JSON.parse(element.textContent);
  }
  blocks.delete(name);
  blocks.set(name, value);
  if (blocks.size > MOST_BLOCKS) blocks.delete(blocks.keys().next().value);
  return value;
}

/** What is shown of an entry, with its texts in place; null while it is not there yet. */
function detailsOf(at) {
  const part = block(`details-${Math.floor(at / data.details_per_block)}`);
  if (part === null) return null;
  const own = part.entries[at % data.details_per_block];
  const text = (number) => part.texts[number];
  return {
    key: own.key,
    places: own.places,
    size: own.size ?? null,
    marks: (own.marks ?? []).map(([number, severity, left, top, width, height]) => ({
      number, severity, left, top, width, height,
    })),
    findings: (own.findings ?? []).map(([severity, shown, short, seen, basis, numbers]) => ({
      severity, shown, numbers, short: text(short), seen: text(seen), basis: text(basis),
    })),
    notes: (own.notes ?? []).map(text),
    step: own.step === undefined ? "" : text(own.step),
    error: own.error ? own.error.map(text) : null,
    decision: own.decision ?? null,
  };
}

/** The address of an entry's thumbnail: "" where the page holds none, null while it is not there yet. */
function pictureOf(at) {
  const number = columns.picture[at];
  if (number < 0) return "";
  const part = block(`pictures-${Math.floor(number / data.pictures_per_block)}`);
  return part === null ? null : part[number % data.pictures_per_block];
}

// What could not be shown yet is tried again until the page has loaded.
const unfinished = new Set();

/** Call `show` until it says true, at once where all is there. */
function whenThere(show) {
  if (!show()) unfinished.add(show);
}

function retry() {
  for (const show of unfinished) if (show()) unfinished.delete(show);
  if (document.readyState === "loading") setTimeout(retry, 150);
}
document.addEventListener("DOMContentLoaded", retry);
setTimeout(retry, 150);

/** A percent-encoded link to a file; null where there is nothing to link to. Bytes that are no text are kept. */
function linkTo(folder, name) {
  const way = data.folders[folder][1];
  if (way === null) return null;
  const part = (char) => {
    const code = char.codePointAt(0);
    if (code >= 0xdc80 && code <= 0xdcff) return `%${(code - 0xdc00).toString(16).toUpperCase()}`;
    return code >= 0xd800 && code <= 0xdfff ? "%EF%BF%BD" : encodeURIComponent(char);
  };
  return way + Array.from(name, part).join("");
}
