// Choosing reference photos, with a look at each before it is sent. They go out as they are: a gallery knows a photo
// again by its bytes.

import { language, t } from "../language.js";
import { button, el, icon } from "./shell.js";

/** A field for photos: `element` to show, `files()` what is chosen, `clear()`. `onChange(count)` after every choice. */
export function photoField(onChange = () => {}) {
  let chosen = [];
  const input = el("input", { type: "file", accept: "image/*,.heic,.heif,.avif", multiple: true, hidden: true, tabIndex: -1, "aria-hidden": "true" });
  const previews = el("ul", { class: "previews" });
  const count = el("p", { class: "caption", "aria-live": "polite" });
  const element = el("div", { class: "photo-field" },
    button(t("photos.choose"), { picture: "photo", on: { click: () => input.click() } }), input, count, previews,
  );
  const show = () => {
    for (const image of previews.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    previews.replaceChildren(...chosen.map((file) => preview(file, () => set(chosen.filter((one) => one !== file)))));
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
  return { element, files: () => chosen, clear: () => set([]) };
}

/** The form that carries photos and other fields; the gallery keeps the photos' names. */
export function formOf(files, fields = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ language: language(), ...fields })) if (value !== "" && value !== null) form.append(name, value);
  for (const file of files) form.append("photo", file, file.name);
  return form;
}

function preview(file, onDrop) {
  const image = el("img", { src: URL.createObjectURL(file), alt: "" });
  image.addEventListener("error", () => image.replaceWith(el("span", { class: "preview-none" }, icon("photo"))), { once: true });
  return el("li", {}, image, el("span", { class: "preview-name", text: file.name }),
    el("button", { type: "button", class: "button quiet small", "aria-label": t("photos.drop", { name: file.name }), on: { click: onDrop } }, icon("close")));
}
