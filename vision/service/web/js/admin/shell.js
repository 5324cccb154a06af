// What every part of the administrator's page needs: notices, a dialog that asks, fields, and addresses of people.

import { Problem } from "../api.js";
import { announce, button, el, icon } from "../dom.js";
import { t } from "../language.js";

const notice = document.getElementById("notice");
const dialog = document.getElementById("dialog");

/** Say that something is done, or (`kind` "error") what is wrong, above the page; `lines` follow as a list. */
export function say(text, kind = "done", lines = []) {
  notice.className = `message is-${kind}`;
  notice.setAttribute("role", kind === "error" ? "alert" : "status");
  notice.replaceChildren(
    icon(kind === "error" ? "question" : "check"),
    el("div", {}, el("p", { class: "label", text }), lines.length ? el("ul", { class: "plain" }, lines.map((line) => el("li", { text: line }))) : null),
  );
  notice.hidden = false;
  notice.scrollIntoView({ block: "nearest" });
}

/** Say that something takes its time. */
export function sayWorking(text) {
  notice.className = "message";
  notice.setAttribute("role", "status");
  notice.replaceChildren(el("div", { class: "working" }, el("p", { class: "label", text }), el("progress", { "aria-label": text })));
  notice.hidden = false;
  notice.scrollIntoView({ block: "nearest" });
}

export function sayNothing() {
  notice.hidden = true;
}

let afterwards = null;

/** Go to another part of the page; `then` is called once it is shown. */
export function goTo(hash, then) {
  afterwards = then;
  location.hash = hash;
}

export function hasArrived() {
  afterwards?.();
  afterwards = null;
}

/** Say what went wrong; what is no problem of the server is a mistake of the page, and shown to those who look for it. */
export function sayProblem(error) {
  if (!(error instanceof Problem)) {
    console.error(error);
    say(t("failed.page"), "error");
    return;
  }
  const fields = (error.members.errors ?? []).map((one) => `${one.field}: ${one.message}`);
  const photos = rejectedLines(error.members.photos_rejected ?? []);
  say(error.detail, "error", [...fields, ...photos, ...(error.status >= 500 && error.requestId ? [t("failed.request", { id: error.requestId })] : [])]);
}

export const rejectedLines = (rejected) => rejected.map((one) => `${one.photo}: ${one.message}`);

/** Ask before something that cannot be undone. `extra` is shown below the text. Resolves to whether it was confirmed. */
export function confirmed({ title, text, action, extra = null }) {
  return new Promise((resolve) => {
    let yes = false;
    const close = () => dialog.close();
    dialog.replaceChildren(
      el("h2", { id: "dialog-title", text: title }),
      el("p", { text }),
      extra ?? "",
      el("div", { class: "actions" },
        button(t("admin.cancel"), { autofocus: true, on: { click: close } }),
        button(action, { kind: "danger", picture: "trash", id: "confirm", on: { click: () => { yes = true; close(); } } }),
      ),
    );
    dialog.addEventListener("close", () => { dialog.replaceChildren(); resolve(yes); }, { once: true });
    dialog.showModal();
  });
}

let fields = 0;

/** A field with its label; `input` is the control. */
export function field(label, input, help = "") {
  input.id ||= `field-${++fields}`;
  const helpText = help ? el("p", { class: "help", id: `${input.id}-help`, text: help }) : null;
  if (helpText) input.setAttribute("aria-describedby", helpText.id);
  return el("div", { class: "field" }, el("label", { for: input.id, text: label }), input, helpText);
}

export function choice(options, value) {
  const select = el("select", {}, options.map(([key, text]) => el("option", { value: key, text })));
  select.value = value ?? "";
  return select;
}

/** Run something that talks to the server while `control` cannot be pressed again. */
export async function busyWith(control, work) {
  control.disabled = true;
  try {
    return await work();
  } catch (error) {
    sayProblem(error);
    return undefined;
  } finally {
    control.disabled = false;
  }
}

export function heading(text, ...beside) {
  return el("div", { class: "room-head" }, el("h1", { tabIndex: -1, text }), beside);
}

export const personHash = (id) => `#person/${encodeURIComponent(id)}`;

export function loading(root) {
  root.replaceChildren(el("p", { class: "caption", text: t("admin.loading") }));
  announce(t("admin.loading"));
}

export { announce, button, el, icon };
