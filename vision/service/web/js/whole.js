// Files that have to reach the server as they are: a copy from a canvas is one whole, still picture, whatever the file was.
//
// Told from the file's bytes, not from its name or type; the server (vision/media/sniff.py, vision/media/pictures.py) judges what is
// in them. In doubt a file goes out as it is: it costs bytes, and hides nothing.

const END_WITHIN = 65_536; // bytes behind a JPEG's end in which phones keep notes of their own
const SCAN = 0xda;
const END = "\xff\xd9";
const [PNG_HEAD, PNG_CHUNK] = [8, 12];
const WEBP_ANIMATED = 0x02; // of the flags in VP8X

const isJpeg = (bytes) => has(bytes, 0, "\xff\xd8\xff");
const isPng = (bytes) => has(bytes, 0, "\x89PNG");
const isWebp = (bytes) => has(bytes, 0, "RIFF") && has(bytes, 8, "WEBP");

/** Tell whether a file ends before its picture does: some browsers fill the rest with grey and say nothing. */
export function isCutOff(bytes) {
  if (isJpeg(bytes)) return endOfPicture(bytes) < 0;
  if (isPng(bytes)) return !pngChunks(bytes).includes("IEND");
  return isWebp(bytes) && uint32(bytes, 4, true) + 8 > bytes.length;
}

/** Tell whether a file may hold more than one still picture, or cannot be proved to be all there. */
export function mustStayWhole(bytes) {
  if (isCutOff(bytes)) return true;
  if (isJpeg(bytes)) return isMoreThanAJpeg(bytes);
  if (isPng(bytes)) return pngChunks(bytes).includes("acTL");
  if (isWebp(bytes)) return (has(bytes, 12, "VP8X") && (bytes[20] & WEBP_ANIMATED) !== 0) || find(bytes, "ANIM", 12, END_WITHIN) >= 0;
  if (has(bytes, 4, "ftyp")) return isMoreThanAnAvif(bytes);
  return ["GIF8", "II*\0", "MM\0*", "II+\0", "MM\0+"].some((head) => has(bytes, 0, head));
}

/** Several photos or maps (MPF), a video behind the picture (a motion photo), or much else behind its end. */
function isMoreThanAJpeg(bytes) {
  const end = endOfPicture(bytes);
  return bytes.length - end > END_WITHIN || find(bytes, "MPF\0") >= 0 || find(bytes, "ftyp", end) >= 0;
}

/** Where the data of a JPEG's own picture ends, -1 when it does not; thumbnails lie in the headers, before its scan. */
function endOfPicture(bytes) {
  let at = 2;
  while (bytes[at] === 0xff && bytes[at + 1] !== SCAN && at + 4 <= bytes.length) at += 2 + bytes[at + 2] * 256 + bytes[at + 3];
  return find(bytes, END, at);
}

function pngChunks(bytes) {
  const kinds = [];
  for (let at = PNG_HEAD; at + PNG_CHUNK <= bytes.length && kinds.at(-1) !== "IEND"; at += PNG_CHUNK + uint32(bytes, at)) {
    kinds.push(String.fromCharCode(...bytes.subarray(at + 4, at + 8)));
  }
  return kinds;
}

/** Of the kinds in boxes only a still AVIF is one picture for sure; HEIC may hold several, and a video. */
function isMoreThanAnAvif(bytes) {
  const length = uint32(bytes, 0);
  const brands = [8];
  for (let at = 16; at + 4 <= Math.min(length, bytes.length); at += 4) brands.push(at);
  const named = (brand) => brands.some((at) => has(bytes, at, brand));
  return !named("avif") || named("avis") || find(bytes, "moov", length) >= 0;
}

function has(bytes, at, text) {
  for (let n = 0; n < text.length; n++) if (bytes[at + n] !== text.charCodeAt(n)) return false;
  return true;
}

function find(bytes, text, start = 0, end = bytes.length) {
  const first = text.charCodeAt(0);
  for (let at = bytes.indexOf(first, start); at >= 0 && at < end; at = bytes.indexOf(first, at + 1)) if (has(bytes, at, text)) return at;
  return -1;
}

/** Read four bytes as a number; those behind the file's end are 0. */
function uint32(bytes, at, little = false) {
  const four = [0, 1, 2, 3].map((n) => bytes[at + n] ?? 0);
  return (little ? four.reverse() : four).reduce((sum, byte) => sum * 256 + byte, 0);
}
