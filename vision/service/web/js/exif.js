// The time a photo was taken, read out of the original and written into the copy that is sent. A copy from a canvas has
// no metadata, and the answer speaks of the photo's age. Nothing else goes along: no place, no camera.

const SEARCHED_BYTES = 1 << 18;
const IFD_OF_EXIF = 0x8769;
const TAKEN = 0x9003; // DateTimeOriginal, "2026:11:23 08:05:00\0"
const TAKEN_LENGTH = 20;
const ASCII = 2;

/** Return DateTimeOriginal of a photo as it stands there ("2026:11:23 08:05:00"), or null. */
export async function takenAt(file) {
  const bytes = new Uint8Array(await file.slice(0, SEARCHED_BYTES).arrayBuffer());
  for (const start of tiffStarts(bytes)) {
    const taken = readTaken(bytes, start);
    if (taken) return taken;
  }
  return null;
}

/** Return the JPEG with the time it was taken, upright, and no other metadata. */
export async function withTakenAt(jpeg, taken) {
  if (!taken) return jpeg;
  return new Blob([jpeg.slice(0, 2), exifSegment(taken), jpeg.slice(2)], { type: jpeg.type });
}

/** Yield where a TIFF block may begin: JPEG, HEIC and WebP mark it with "Exif", whatever is around it. */
function* tiffStarts(bytes) {
  for (let at = 0; at + 18 < bytes.length; at++) {
    const little = bytes[at] === 0x49 && bytes[at + 1] === 0x49 && bytes[at + 2] === 42 && bytes[at + 3] === 0;
    const big = bytes[at] === 0x4d && bytes[at + 1] === 0x4d && bytes[at + 2] === 0 && bytes[at + 3] === 42;
    if (little || big) yield at;
  }
}

function readTaken(bytes, start) {
  const view = new DataView(bytes.buffer, start);
  const little = bytes[start] === 0x49;
  try {
    const exif = entry(view, view.getUint32(4, little), IFD_OF_EXIF, little);
    const taken = exif && entry(view, exif.value, TAKEN, little);
    if (!taken || taken.count < TAKEN_LENGTH - 1) return null;
    const text = String.fromCharCode(...bytes.subarray(start + taken.value, start + taken.value + TAKEN_LENGTH - 1));
    return /^\d{4}:\d\d:\d\d \d\d:\d\d:\d\d$/.test(text) ? text : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // the block is cut off, or was none
    throw error;
  }
}

function entry(view, ifd, tag, little) {
  const count = view.getUint16(ifd, little);
  for (let at = 0; at < count; at++) {
    const place = ifd + 2 + 12 * at;
    if (view.getUint16(place, little) === tag) {
      return { count: view.getUint32(place + 4, little), value: view.getUint32(place + 8, little) };
    }
  }
  return null;
}

function exifSegment(taken) {
  // FF E1, length, "Exif\0\0", then big-endian TIFF: one entry that points at the EXIF block, one entry in that.
  const segment = new Uint8Array(4 + 6 + 8 + 18 + 18 + TAKEN_LENGTH);
  const view = new DataView(segment.buffer);
  view.setUint16(0, 0xffe1);
  view.setUint16(2, segment.length - 2);
  text(segment, 4, "Exif");
  view.setUint32(10, 0x4d4d002a);
  view.setUint32(14, 8);
  writeEntry(view, 18, IFD_OF_EXIF, 4, 1, 26);
  writeEntry(view, 36, TAKEN, ASCII, TAKEN_LENGTH, 44);
  text(segment, 54, taken);
  return segment;
}

function writeEntry(view, at, tag, type, count, value) {
  view.setUint16(at, 1);
  view.setUint16(at + 2, tag);
  view.setUint16(at + 4, type);
  view.setUint32(at + 6, count);
  view.setUint32(at + 10, value);
}

function text(segment, at, letters) {
  for (let n = 0; n < letters.length; n++) segment[at + n] = letters.charCodeAt(n);
}
