// The language of the page: Indonesian until somebody chooses English, remembered on this device.

const KEPT = "fotonetral.language";
let words = {};
let spoken = "id";
let load = null;
const listeners = [];

/** Start with the remembered language. `loaders` gives for "id" and "en" a function that imports the words. */
export async function startLanguage(loaders) {
  load = loaders;
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => void setLanguage(button.dataset.language));
  }
  await speak(kept() === "en" ? "en" : "id");
}

export const language = () => spoken;

/** Call `listener` after the language changed. */
export function onLanguage(listener) {
  listeners.push(listener);
}

/** Return the words of a key, with {names} filled in. A key that is missing is a mistake, and loud in tests. */
export function t(key, values = {}) {
  if (!(key in words)) throw new Error(`no words for ${key}`);
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function number(value) {
  return new Intl.NumberFormat(spoken).format(value);
}

export function day(value, options = { day: "numeric", month: "long", year: "numeric" }) {
  return new Intl.DateTimeFormat(spoken, options).format(value);
}

/** Fill in the page's own texts: data-t for text, data-t-label for aria-label, data-t-hint for placeholder. */
export function translate(root = document) {
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of root.querySelectorAll("[data-t-label]")) element.ariaLabel = t(element.dataset.tLabel);
  for (const element of root.querySelectorAll("[data-t-hint]")) element.placeholder = t(element.dataset.tHint);
}

async function setLanguage(wanted) {
  if (wanted === spoken) return;
  await speak(wanted);
  try {
    localStorage.setItem(KEPT, wanted);
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

async function speak(wanted) {
  words = (await load[wanted]()).words;
  spoken = wanted;
  document.documentElement.lang = wanted;
  document.title = t("title");
  translate();
  for (const button of document.querySelectorAll("[data-language]")) {
    button.ariaPressed = String(button.dataset.language === wanted);
  }
}

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
