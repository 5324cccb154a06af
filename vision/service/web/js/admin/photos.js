// Choosing reference photos, with a look at each before it is sent. They go out as they are: a gallery knows a photo
// again by its bytes.

import { language, t } from "../language.js";
import { button, el, icon } from "./shell.js";

const FACES = ["", "left", "right", "largest", "1", "2", "3", "4", "5", "6"];

/**
 * A field for photos: `element` to show, `files()` what is chosen, `faces()` which face of each is meant, as the API
 * wants it, `clear()`. `onChange(count)` after every choice.
 */
export function photoField(onChange = () => {}) {
  let chosen = [];
  const meant = new WeakMap();
  const input = el("input", { type: "file", accept: "image/*,.heic,.heif,.avif", multiple: true, hidden: true, tabIndex: -1, "aria-hidden": "true" });
  const previews = el("ul", { class: "previews" });
  const count = el("p", { class: "caption", "aria-live": "polite" });
  const element = el("div", { class: "photo-field" },
    button(t("photos.choose"), { picture: "photo", on: { click: () => input.click() } }), input, count, previews,
  );
  const show = () => {
    for (const image of previews.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    previews.replaceChildren(...chosen.map((file) => preview(file, meant, () => set(chosen.filter((one) => one !== file)))));
    count.textContent = chosen.length ? t("photos.chosen", { count: chosen.length }) : "";
  };
  const set = (files) => {
    chosen = files;
    show();
    onChange(chosen.length);
  };
  const add = (files) => set([...chosen, ...[...files].filter((file) => !file.type.startsWith("video/"))]);
  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  const faces = () => {
    const words = chosen.map((file) => meant.get(file) ?? "");
    return words.some(Boolean) ? words.join("|") : "";
  };
  return { element, files: () => chosen, faces, clear: () => set([]) };
}

/** The form that carries photos and other fields; the gallery keeps the photos' names. */
export function formOf(files, fields = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ language: language(), ...fields })) if (value !== "" && value !== null) form.append(name, value);
  for (const file of files) form.append("photo", file, file.name);
  return form;
}

/** Say which of a photo's faces is meant: "left", "right", "largest", a number, or "one" for a photo of one person. */
export function faceInWords(word) {
  return Number(word) ? t("photos.faceNumber", { number: word }) : t(`photos.face.${word}`);
}

function preview(file, meant, onDrop) {
  const face = el("select", { class: "small", "aria-label": t("photos.which", { name: file.name }) },
    ...FACES.map((word) => el("option", { value: word, text: faceInWords(word || "one") })));
  face.value = meant.get(file) ?? "";
  face.addEventListener("change", () => meant.set(file, face.value));
  const image = el("img", { src: URL.createObjectURL(file), alt: "" });
  image.addEventListener("error", () => image.replaceWith(el("span", { class: "preview-none" }, icon("photo"))), { once: true });
  return el("li", {}, image, el("span", { class: "preview-name", text: file.name }), face,
    el("button", { type: "button", class: "button quiet small", "aria-label": t("photos.drop", { name: file.name }), on: { click: onDrop } }, icon("close")));
}
