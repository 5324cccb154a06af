// Making elements. Text is always set as text: nothing that comes from outside is ever parsed as HTML.

import "./icons.js";

const SVG = "http://www.w3.org/2000/svg";

/** Make an element. `props`: `class`, `on` (listeners), `text`, DOM properties, or attributes (aria-…, role, for, lang). */
export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined) continue;
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name in element && !name.includes("-") && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A picture of icons.js; what it means always stands beside it in words. */
export function icon(name) {
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#icon-${name}` }));
}

const SIGNS = { flag: "cross", review: "bang", clear: "check" };

/** The disc that stands for an answer: "flag", "review", "clear", or null for what could not be judged. */
export function sign(verdict) {
  return el("span", { class: `sign is-${verdict ?? "error"}` }, icon(SIGNS[verdict] ?? "question"));
}

export function button(text, { kind = "", picture = null, ...props } = {}) {
  return el("button", { type: "button", class: `button ${kind}`.trim(), ...props }, picture && icon(picture), el("span", { text }));
}

/** Write ascending numbers shortly, as vision/report/marks.py does: 1-3, 7. */
export function ranges(numbers) {
  const parts = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
}

/** Tell people who do not see the page what happened. */
export function announce(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 60); // an unchanged text would not be read again
}

// The skip link moves the focus, not the address: that belongs to the page's own ways back.
document.querySelector(".skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  const main = document.getElementById("main");
  main.tabIndex = -1;
  main.focus();
});

export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
