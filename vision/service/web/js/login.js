// Logging in with a code, where the server asks for one.

import { logIn } from "./api.js";
import { button, el } from "./dom.js";
import { t } from "./language.js";

/** Show the form in `root`; `onDone(session)` after the code was right. `text` says whose code; `note` follows it. */
export function showLogin(root, { text = t("login.text"), note = "", onDone }) {
  const wrong = el("p", { class: "message is-error", role: "alert", hidden: true });
  const code = el("input", {
    id: "code", type: "text", required: true, autocomplete: "one-time-code", autocapitalize: "characters", spellcheck: false, maxLength: 40,
  });
  const enter = button(t("login.enter"), { kind: "main", type: "submit" });
  const form = el("form", { class: "login" },
    el("h1", { text: t("login.title"), tabIndex: -1 }),
    el("p", { text }),
    note && el("p", { text: note }),
    wrong,
    el("div", { class: "field" }, el("label", { for: "code", text: t("login.code") }), code),
    enter,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    enter.disabled = true;
    wrong.hidden = true;
    try {
      onDone(await logIn(code.value));
    } catch (error) {
      wrong.textContent = error.detail ?? t("failed.page");
      wrong.hidden = false;
      code.select();
    } finally {
      enter.disabled = false;
    }
  });
  root.replaceChildren(form);
  code.focus();
}
