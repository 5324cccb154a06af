// What is shown while photos are made smaller, sent and checked: where it stands, honestly, and a way to stop it.

import { announce, button, el, icon } from "./dom.js";
import { t } from "./language.js";

const STEPS = ["shrink", "send", "check"];

/** The view of work in progress. `title` and thumbnails stay; `step` and its part change. */
export class Busy {
  constructor(root, { title, thumbnails = [], onCancel }) {
    this.bar = el("progress", { max: 1, value: 0, "aria-label": title });
    this.note = el("p", { class: "busy-note" });
    this.items = Object.fromEntries(
      STEPS.map((step) => [step, el("li", {}, el("span", { class: "dot", "aria-hidden": "true" }), el("span", { text: t(`busy.${step}`) }))]),
    );
    this.wait = el("div", { class: "message is-error", hidden: true });
    this.title = el("h1", { id: "busy-title", tabIndex: -1, text: title });
    root.replaceChildren(
      el("div", { class: "busy-card" },
        thumbnails.length ? el("div", { class: "busy-photos" }, thumbnails) : null,
        this.title,
        el("ol", { class: "busy-steps" }, Object.values(this.items)),
        this.bar,
        this.note,
        this.wait,
        el("div", { class: "actions" }, button(t("busy.cancel"), { id: "cancel", on: { click: onCancel } })),
      ),
    );
    this.step = null;
  }

  /** Show a step ("shrink", "send", "check") and how far it is: 0..1, or null where nobody can tell. */
  show(step, part = null, note = "") {
    const at = STEPS.indexOf(step);
    for (const [n, name] of STEPS.entries()) {
      this.items[name].className = n < at ? "is-done" : n === at ? "is-now" : "";
      if (n === at) this.items[name].setAttribute("aria-current", "step");
      else this.items[name].removeAttribute("aria-current");
    }
    if (part === null) this.bar.removeAttribute("value");
    else this.bar.value = part;
    this.note.textContent = note;
    this.wait.hidden = true;
    this.bar.hidden = false;
    if (this.step !== step) announce(t(`busy.${step}`));
    this.step = step;
  }

  /** Say why nothing goes on for the moment. Returns the element whose text may count down. */
  pause(picture, title, text, onNow) {
    const countdown = el("p", { text });
    this.bar.hidden = true;
    this.note.textContent = "";
    this.wait.replaceChildren(
      icon(picture),
      el("div", {}, el("p", { class: "label", text: title }), countdown, onNow && button(t("busy.now"), { kind: "small", on: { click: onNow } })),
    );
    this.wait.hidden = false;
    this.step = "wait";
    announce(`${title}. ${text}`);
    return countdown;
  }
}

/** Wait `seconds`, counting down in `element`; ends early through the returned `skip`, or with `signal`. */
export function countdown(element, seconds, signal) {
  let skip = null;
  const done = new Promise((resolve, reject) => {
    let left = seconds;
    const finish = (settle, value) => {
      clearInterval(timer);
      settle(value);
    };
    const timer = setInterval(() => {
      left -= 1;
      if (left <= 0) finish(resolve);
      else element.textContent = t("busy.wait", { seconds: left });
    }, 1000);
    skip = () => finish(resolve);
    signal.addEventListener("abort", () => finish(reject, signal.reason), { once: true });
  });
  return { done, skip };
}
