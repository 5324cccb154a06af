// How photos come onto the page: chosen, dropped, pasted, or taken.

import { hasLiveCamera, openCamera } from "./camera.js";
import { t } from "./language.js";

const byId = (id) => document.getElementById(id);

/**
 * Listen for photos. `onPhotos(files)` when some came; `onRefused(text)` when what came cannot be taken.
 * `isOpen()` tells whether the page takes photos now.
 */
export function startIntake({ onPhotos, onRefused, isOpen }) {
  const files = byId("files");
  const shot = byId("shot");
  for (const input of [files, shot]) {
    input.addEventListener("change", () => {
      const chosen = [...input.files];
      input.value = ""; // the same photo may be chosen again
      if (chosen.length) onPhotos(chosen);
    });
  }
  byId("choose").addEventListener("click", () => files.click());
  // A phone's own camera takes far better photos than a live picture does.
  const hasTouch = matchMedia("(pointer: coarse)").matches;
  byId("shoot").hidden = !hasTouch && !hasLiveCamera();
  byId("shoot").addEventListener("click", () => (hasTouch || !hasLiveCamera() ? shot.click() : openCamera((file) => onPhotos([file]))));
  byId("pick").addEventListener("submit", (event) => event.preventDefault());
  startDropping(onPhotos, onRefused, isOpen);
  document.addEventListener("paste", (event) => {
    if (!isOpen() || /^(INPUT|TEXTAREA)$/.test(event.target.nodeName ?? "")) return;
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (pasted.length) {
      event.preventDefault();
      onPhotos(pasted);
    } else onRefused(t("refused.nothing"));
  });
}

function startDropping(onPhotos, onRefused, isOpen) {
  const area = byId("pick");
  let inside = 0; // enter and leave come for every element that is crossed
  const mark = (change) => {
    inside = Math.max(inside + change, 0);
    area.classList.toggle("is-over", inside > 0 && isOpen());
  };
  // The whole window takes what is dropped: beside the field, the browser would leave the page and open the photo.
  addEventListener("dragenter", () => mark(1));
  addEventListener("dragleave", () => mark(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    inside = 0;
    mark(0);
    if (!isOpen()) return;
    const items = [...(event.dataTransfer?.items ?? [])].filter((item) => item.kind === "file");
    if (items.some((item) => item.webkitGetAsEntry?.()?.isDirectory)) onRefused(t("refused.folder"));
    else if (event.dataTransfer?.files.length) onPhotos([...event.dataTransfer.files]);
  });
}
