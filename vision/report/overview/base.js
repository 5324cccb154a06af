// Words, numbers and elements. Text only ever becomes text: nothing here or later makes markup out of a string.
const data = JSON.parse(document.getElementById("facts").textContent);
const MONTHS = data.months;

const say = (key, values = {}) => data.words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const count = (number) => number.toLocaleString(data.language);

// What does not print, and what only turns the reading order, is shown as a sign of its own (as `safe` does in Python).
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const printable = (text) => text.replace(UNPRINTABLE, "\uFFFD");

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const draw = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** A name from outside: shown as it is, in a direction of its own. */
const named = (text, attributes = {}) => make("bdi", attributes, printable(text));
const unseen = (text) => make("span", { class: "unseen" }, text);

const SIGNS = ["✖", "!", "✔", "?", "?"];
const VERDICTS = ["flag", "review", "clear", "error", "unseen"];
const RULINGS = ["", "reviewed", "handled", "false_alarm", "missed"];

/** The verdict as a shape and a colour; told in words beside it or by `label`. */
function sign(verdict, label) {
  const shape = make("span", { class: `sign is-${VERDICTS[verdict]}`, "aria-hidden": "true" }, SIGNS[verdict]);
  return label ? make("span", {}, shape, unseen(label)) : shape;
}

function dayInWords(number) {
  if (!number) return say("no_day");
  const [year, month, day] = [Math.floor(number / 10000), Math.floor(number / 100) % 100, number % 100];
  return MONTHS[month - 1] ? `${day} ${MONTHS[month - 1]} ${year}` : String(number);
}
