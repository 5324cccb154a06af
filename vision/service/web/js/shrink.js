// A photo made as small as its check allows, before it is sent: upright, without place or camera.
//
// The sizes are those of vision/media/photo.py, so that a photo is judged at the same size as the original would be. A phone's
// 12 megapixels go out as 3; only where the answer shows a group of small faces is the photo sent again in more detail,
// as the checker itself looks again (`wantsDetail`).

import { takenAt, withoutPlace, withTakenAt } from "./exif.js";
import { isCutOff, mustStayWhole } from "./whole.js";

export const ANALYSIS_SIDE = 2000;
export const DETAIL_SIDE = 3000;
// Chosen on 60 photos of groups as 12-megapixel JPEGs: as many answers differ as between a photo and its own copy saved anew.
const QUALITY = 0.9;
// JPEGs so small are sent as they are, but for the place: nothing is gained by writing them anew.
const SMALL_BYTES = 400_000;

// _GROUP, _SMALL_FACE_PX and _WORTHWHILE of vision/checker.py.
export const GROUP = 4;
export const SMALL_FACE_PX = 64;
export const WORTHWHILE = 1.3;

/**
 * Make the copy of a photo that is sent.
 *
 * Returns { blob, width, height, full }: the size of the copy, `full` the size of the original's long side. What may be
 * more than one still picture, or damaged, comes back as it is, but for its place: in a copy nobody could tell. So does a
 * photo that the browser cannot read (HEIC in most), with `width`, `height` and `full` 0: the server reads it, or says
 * what is wrong with it.
 */
export async function shrink(file, side = ANALYSIS_SIDE) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const bitmap = isCutOff(bytes) ? null : await decoded(file);
  const stays = mustStayWhole(bytes);
  if (!bitmap) return { blob: await withoutPlace(file), width: 0, height: 0, full: 0 };
  try {
    const [width, height] = stays ? [bitmap.width, bitmap.height] : analysisSize(bitmap.width, bitmap.height, side);
    const size = { width, height, full: Math.max(bitmap.width, bitmap.height) };
    const same = width === bitmap.width && height === bitmap.height;
    if (stays || (same && file.type === "image/jpeg" && file.size <= SMALL_BYTES)) return { blob: await withoutPlace(file), ...size };
    return { blob: withTakenAt(await drawn(bitmap, width, height), await takenAt(file)), ...size };
  } finally {
    bitmap.close();
  }
}

/** The long side that is analysed: `side` up to under twice that (`_analysis_wh` of vision/media/photo.py). */
export function analysisSize(width, height, side) {
  const long = Math.max(width, height);
  if (long < 2 * side) return [width, height];
  const factor = Math.floor(long / side);
  return [Math.max(Math.round(width / factor), 1), Math.max(Math.round(height / factor), 1)];
}

/** Tell whether an answer about the small copy asks for the larger one (`_is_distant_group` of vision/checker.py). */
export function wantsDetail(faces, sent) {
  if (faces.length < GROUP || !sent.width || sent.full / Math.max(sent.width, sent.height) < WORTHWHILE) return false;
  const widths = faces.map((face) => face.box[2]).sort((a, b) => a - b);
  const middle = (widths[(widths.length - 1) >> 1] + widths[widths.length >> 1]) / 2;
  return middle < SMALL_FACE_PX;
}

async function decoded(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
}

function drawn(bitmap, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d", { alpha: false });
  pen.fillStyle = "#fff"; // what is transparent is white, as on the server
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, width, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("canvas"))), "image/jpeg", QUALITY);
  });
}
