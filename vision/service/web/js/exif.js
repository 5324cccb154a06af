// What a photo's metadata is needed for, and rid of: the time it was taken goes along, the place never does.
//
// A copy from a canvas has no metadata at all, and the answer speaks of the photo's age: the time is written back. A file
// that is sent as it is (small, or unreadable for the browser) gets its place blanked, byte for byte where it stands.

const IFD_OF_EXIF = 0x8769;
const IFD_OF_PLACE = 0x8825;
const TAKEN = 0x9003; // DateTimeOriginal, "2026:11:23 08:05:00\0"
const TAKEN_LENGTH = 20;
const MOST_PLACE_TAGS = 0x1f; // GPS tags count from 0 to 31
const [ASCII, LONG] = [2, 4];
const ENTRY = 12;
const PLACES_IN_TEXT = ["GPSL", "\u00a9xyz"];
const TEXT_LENGTH = 60;

/** Return DateTimeOriginal of a photo as it stands there ("2026:11:23 08:05:00"), or null. */
export async function takenAt(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  for (const start of tiffStarts(bytes)) {
    const taken = within(() => readTaken(bytes, start));
    if (taken) return taken;
  }
  return null;
}

/** Return the JPEG with the time it was taken, upright, and no other metadata. */
export function withTakenAt(jpeg, taken) {
  if (!taken) return jpeg;
  return new Blob([jpeg.slice(0, 2), exifSegment(taken), jpeg.slice(2)], { type: jpeg.type });
}

/** Return the file without the place it was taken at, and otherwise byte for byte the same. */
export async function withoutPlace(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  for (const start of tiffStarts(bytes)) within(() => blankPlace(bytes, start));
  blankTexts(bytes);
  return new Blob([bytes], { type: file.type });
}

/** Yield where a TIFF block may begin, whatever is around it: JPEG, HEIC and WebP each wrap it in their own way. */
function* tiffStarts(bytes) {
  for (let at = 0; at + 18 < bytes.length; at++) {
    const little = bytes[at] === 0x49 && bytes[at + 1] === 0x49 && bytes[at + 2] === 42 && bytes[at + 3] === 0;
    const big = bytes[at] === 0x4d && bytes[at + 1] === 0x4d && bytes[at + 2] === 0 && bytes[at + 3] === 42;
    if (little || big) yield at;
  }
}

/** Run what reads a block that may be cut off, or none at all. */
function within(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function readTaken(bytes, start) {
  const view = new DataView(bytes.buffer, start);
  const little = bytes[start] === 0x49;
  const exif = entry(view, view.getUint32(4, little), IFD_OF_EXIF, little);
  const taken = exif && entry(view, exif.value, TAKEN, little);
  if (!taken || taken.count < TAKEN_LENGTH - 1) return null;
  const text = String.fromCharCode(...bytes.subarray(start + taken.value, start + taken.value + TAKEN_LENGTH - 1));
  return /^\d{4}:\d\d:\d\d \d\d:\d\d:\d\d$/.test(text) ? text : null;
}

function blankPlace(bytes, start) {
  const view = new DataView(bytes.buffer, start);
  const little = bytes[start] === 0x49;
  const pointer = entry(view, view.getUint32(4, little), IFD_OF_PLACE, little);
  if (!pointer || pointer.type !== LONG || pointer.count !== 1) return;
  const count = view.getUint16(pointer.value, little);
  const first = pointer.value + 2;
  const tags = Array.from({ length: Math.min(count, MOST_PLACE_TAGS + 1) }, (_, n) => view.getUint16(first + ENTRY * n, little));
  if (count > MOST_PLACE_TAGS + 1 || tags.some((tag) => tag > MOST_PLACE_TAGS)) return; // no block of places
  for (let n = 0; n < count; n++) {
    const at = first + ENTRY * n;
    const length = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8][view.getUint16(at + 2, little)] * view.getUint32(at + 4, little);
    const value = view.getUint32(at + 8, little);
    if (length > 4) bytes.fill(0, start + value, start + value + length);
    bytes.fill(0, start + at, start + at + ENTRY);
  }
  view.setUint16(pointer.value, 0, little);
}

function entry(view, ifd, tag, little) {
  const count = view.getUint16(ifd, little);
  for (let n = 0; n < count; n++) {
    const at = ifd + 2 + ENTRY * n;
    if (view.getUint16(at, little) === tag) {
      return { type: view.getUint16(at + 2, little), count: view.getUint32(at + 4, little), value: view.getUint32(at + 8, little) };
    }
  }
  return null;
}

/**
 * Some programs write the place a second time, as text: GPSLatitude="7,48.2S" (XMP); the video of a motion photo has it as
 * ©xyz, +07.80+110.36/. The digits become zeros.
 */
function blankTexts(bytes) {
  for (const text of PLACES_IN_TEXT) blankText(bytes, [...text].map((letter) => letter.charCodeAt(0)));
}

function blankText(bytes, name) {
  for (let at = bytes.indexOf(name[0]); at >= 0; at = bytes.indexOf(name[0], at + 1)) {
    if (!name.every((code, n) => bytes[at + n] === code)) continue;
    for (let n = at; n < Math.min(at + TEXT_LENGTH, bytes.length); n++) if (bytes[n] >= 0x30 && bytes[n] <= 0x39) bytes[n] = 0x30;
  }
}

function exifSegment(taken) {
  // FF E1, length, "Exif\0\0", then big-endian TIFF: one entry that points at the EXIF block, one entry in that.
  const segment = new Uint8Array(4 + 6 + 8 + 18 + 18 + TAKEN_LENGTH);
  const view = new DataView(segment.buffer);
  view.setUint16(0, 0xffe1);
  view.setUint16(2, segment.length - 2);
  writeText(segment, 4, "Exif");
  view.setUint32(10, 0x4d4d002a);
  view.setUint32(14, 8);
  writeEntry(view, 18, IFD_OF_EXIF, LONG, 1, 26);
  writeEntry(view, 36, TAKEN, ASCII, TAKEN_LENGTH, 44);
  writeText(segment, 54, taken);
  return segment;
}

/** Write a block of one entry. */
function writeEntry(view, at, tag, type, count, value) {
  view.setUint16(at, 1);
  view.setUint16(at + 2, tag);
  view.setUint16(at + 4, type);
  view.setUint32(at + 6, count);
  view.setUint32(at + 10, value);
}

function writeText(segment, at, letters) {
  for (let n = 0; n < letters.length; n++) segment[at + n] = letters.charCodeAt(n);
}
