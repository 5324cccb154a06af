// The live picture of a camera with a shutter, for devices whose file dialog has no camera of its own.

import { t } from "./language.js";

const dialog = document.getElementById("camera");
const view = document.getElementById("camera-view");
const take = document.getElementById("camera-take");
const turn = document.getElementById("camera-turn");
const note = document.getElementById("camera-note");
const PHOTO_SIDE = 4000;
let stream = null;
let facing = "environment";
let deliver = null;

/** Tell whether a page may ask for a live picture here: only over https and on the own machine. */
export const hasLiveCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

/** Open the camera; `onPhoto(file)` when somebody takes a photo. */
export async function openCamera(onPhoto) {
  deliver = onPhoto;
  dialog.showModal();
  await show();
}

async function show() {
  close();
  note.hidden = true;
  take.disabled = true;
  try {
    const wish = { facingMode: facing, width: { ideal: PHOTO_SIDE }, height: { ideal: PHOTO_SIDE } };
    const opened = await navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
    if (!dialog.open) {
      stopAll(opened); // closed while the browser asked
      return;
    }
    stream = opened;
    view.srcObject = stream;
    await view.play();
    take.disabled = false;
    take.focus();
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "videoinput");
    turn.hidden = cameras.length < 2;
  } catch (error) {
    note.textContent = t(error.name === "NotAllowedError" ? "camera.denied" : "camera.none");
    note.hidden = false;
  }
}

take.addEventListener("click", async () => {
  const canvas = document.createElement("canvas");
  canvas.width = view.videoWidth;
  canvas.height = view.videoHeight;
  canvas.getContext("2d").drawImage(view, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
  dialog.close();
  if (blob) deliver(new File([blob], "kamera.jpg", { type: blob.type }));
});

turn.addEventListener("click", () => {
  facing = facing === "environment" ? "user" : "environment";
  void show();
});

document.getElementById("camera-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", close);

function close() {
  if (stream) stopAll(stream);
  stream = null;
  view.srcObject = null;
}

function stopAll(opened) {
  for (const track of opened.getTracks()) track.stop();
}
