// A copy that is cut or blurred until nothing is found in it: asked for, shown beside the photo, saved or shared.

import { Problem, request, wasEnded } from "./api.js";
import { announce, button, el, icon, sign } from "./dom.js";
import { t } from "./language.js";
import { DETAIL_SIDE, shrink } from "./shrink.js";

const WAYS = ["auto", "crop", "blur"];

export class FixPanel {
  /** photo: { file, url, sent }; options: as they were sent with the check. */
  constructor({ photo, options }) {
    this.photo = photo;
    this.options = options;
    this.element = el("section", { class: "fix" });
    this.urls = [];
    this.offer();
  }

  offer(problem = null) {
    this.show(
      problem && el("p", { class: "message is-error", role: "alert", text: problem }),
      button(t("fix.make"), { kind: "main wide-button", picture: "tools", on: { click: () => this.make("auto") } }),
      el("p", { class: "caption", text: t("fix.what") }),
    );
  }

  show(...parts) {
    this.element.replaceChildren(...parts.filter(Boolean));
  }

  async make(how) {
    const ending = (this.ending = new AbortController());
    const bar = el("progress", { max: 1, "aria-label": t("busy.fix") });
    this.show(el("p", { class: "label", text: t("busy.fix") }), bar, button(t("busy.cancel"), { kind: "small", on: { click: () => ending.abort() } }));
    announce(t("busy.fix"));
    try {
      // More pixels than the check needs: the copy is what will be posted.
      const best = this.photo.sent.width ? await shrink(this.photo.file, DETAIL_SIDE) : this.photo.sent;
      const form = new FormData();
      form.append("photo", best.blob, "photo");
      const told = await request("POST", "/v1/fix", {
        form, query: { ...this.options, how }, signal: ending.signal,
        onProgress: (part) => (bar.value = part),
        onSent: () => bar.removeAttribute("value"),
      });
      this.tell(told, how);
    } catch (error) {
      if (wasEnded(error)) this.offer();
      else if (error instanceof Problem) this.offer(error.detail);
      else throw error;
    }
  }

  tell(told, how) {
    const others = WAYS.filter((way) => way !== how).map((way) => button(t(`fix.${way}`), { kind: "small quiet", on: { click: () => this.make(way) } }));
    const texts = el("div", { class: "fix-text" }, el("ul", { class: "plain" }, told.details.map((text) => el("li", { text }))), el("p", { text: told.next_step }));
    if (!told.copy) {
      const title = el("h2", { tabIndex: -1, text: t("fix.none") });
      this.show(title, texts, el("div", { class: "actions" }, others));
      announce(`${t("fix.none")}. ${told.next_step}`);
      title.focus({ preventScroll: true });
      return;
    }
    const blob = new Blob([bytesOf(told.copy.data)], { type: told.copy.media_type });
    const name = this.nameOf(blob);
    const url = this.urlOf(blob);
    // No tick while a raised hand remains that nobody could name: nothing was found, and that is not "nothing is there".
    const seen = told.after.verdict === "clear" && told.raised_unnamed ? "review" : told.after.verdict;
    const look = seen === told.after.verdict ? null : t(told.raised_unnamed === 1 ? "fix.lookOne" : "fix.look", { count: told.raised_unnamed });
    const title = el("h2", { tabIndex: -1 }, sign(seen), el("span", { text: t("fix.title") }));
    const before = this.photo.sent.width ? el("figure", {}, el("img", { src: this.photo.url, alt: "" }), el("figcaption", { text: t("fix.before") })) : null;
    const after = el("figure", { class: `is-after is-${seen}` }, el("img", { src: url, alt: told.details.join(" "), width: told.copy.width, height: told.copy.height }), el("figcaption", { text: told.after.verdict === "clear" ? t("fix.after") : `${t("fix.after")}: ${t("fix.left")}` }));
    this.show(
      title,
      look && el("p", { class: "fix-look", text: look }),
      el("div", { class: "fix-pictures" }, before, after),
      el("div", { class: "actions" },
        el("a", { class: "button main", href: url, download: name }, icon("download"), el("span", { text: t("fix.download") })),
        this.sharing(blob, name),
      ),
      texts,
      el("div", { class: "actions" }, others),
    );
    announce(t("fix.ready", { headline: look ?? "" }));
    title.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  sharing(blob, name) {
    const file = new File([blob], name, { type: blob.type });
    if (!navigator.canShare?.({ files: [file] })) return null;
    // Closing the sheet without sharing is no error.
    return button(t("fix.share"), { picture: "share", on: { click: () => navigator.share({ files: [file] }).catch(() => {}) } });
  }

  nameOf(blob) {
    const stem = this.photo.file.name.replace(/\.[^.]*$/, "") || "foto";
    return `${stem}-${t("fix.name")}.${blob.type === "image/png" ? "png" : "jpg"}`;
  }

  urlOf(blob) {
    this.forget();
    const url = URL.createObjectURL(blob);
    this.urls = [url];
    return url;
  }

  forget() {
    for (const url of this.urls) URL.revokeObjectURL(url);
    this.urls = [];
  }

  close() {
    this.ending?.abort();
    this.forget();
  }
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
