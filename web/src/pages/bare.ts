/**
 * Bare: a picture's own bytes without what is written beside it, for where a browser cannot draw it anew.
 *
 * What a picture needs to be seen is named here; all else is left out, known or not. Where the bytes
 * are not as they should be there is no bare picture.
 */
import { joined } from "./world";

export type Form = "jpeg" | "png" | "webp";

const PNG = "\x89PNG\r\n\x1a\n";
const PNG_NEEDS = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];
const WEBP_NEEDS = ["VP8X", "ALPH", "VP8 ", "VP8L"];
const TOLD_BESIDE = 0x20 | 0x08 | 0x04; // the flags of a colour profile, Exif and XMP
const [START, END, SCAN, ADOBE, EXIF] = [0xd8, 0xd9, 0xda, 0xee, 0xe1];
const TURNED = 0x0112; // the tag that says how the camera was held

/** Tells by its first bytes which form a picture has. */
export function formOf(file: Uint8Array): Form | null {
  if (text(file, 0, 3) === "\xff\xd8\xff") return "jpeg";
  if (text(file, 0, 8) === PNG) return "png";
  return text(file, 0, 4) === "RIFF" && text(file, 8, 4) === "WEBP" ? "webp" : null;
}

/** Gives the picture alone; null where it is no whole picture of these forms, or moves. */
export function bare(file: Uint8Array): Uint8Array | null {
  const form = formOf(file);
  const pieces = form === "jpeg" ? ofJpeg(file) : form === "png" ? ofPng(file) : form === "webp" ? ofWebp(file) : null;
  return pieces && joined(pieces, pieces.reduce((sum, one) => sum + one.length, 0));
}

/** ITU T.81, B.1: segments, each with its size, and after a scan's the scan itself. */
function ofJpeg(file: Uint8Array): Uint8Array[] | null {
  const pieces: Uint8Array[] = [Uint8Array.of(0xff, START)];
  for (let at = 2; file[at] === 0xff; ) {
    const mark = file[at + 1] ?? 0;
    if (mark === 0xff) at += 1; // a byte that fills
    else if (mark === END) return [...pieces, file.subarray(at, at + 2)];
    else {
      const end = at + 2 + number(file, at + 2, 2);
      if (mark < 0xc0 || end < at + 4 || end > file.length) return null;
      const segment = file.subarray(at, end);
      if (isNeeded(mark, segment)) pieces.push(segment);
      if (mark === EXIF) pieces.push(...turnOf(segment));
      at = mark === SCAN ? scanEnd(file, end) : end;
      if (mark === SCAN) pieces.push(file.subarray(end, at));
    }
  }
  return null;
}

/** Tables, frames and scans; of what programs add only how Adobe's wrote the colours. */
function isNeeded(mark: number, segment: Uint8Array): boolean {
  if (mark === ADOBE) return segment.length === 16 && text(segment, 4, 5) === "Adobe";
  return mark < 0xe0 && !(mark >= 0xd0 && mark <= END);
}

/** Of all that a camera wrote, which side is up; written anew, so that nothing comes along. */
function turnOf(segment: Uint8Array): Uint8Array[] {
  if (text(segment, 4, 6) !== "Exif\0\0") return [];
  const isLittle = text(segment, 10, 2) === "II";
  const view = new DataView(segment.buffer, segment.byteOffset + 10, segment.length - 10);
  const table = view.byteLength < 8 ? 0 : view.getUint32(4, isLittle);
  for (let at = table + 2; table >= 8 && at + 12 <= view.byteLength; at += 12) {
    if (at >= table + 2 + 12 * view.getUint16(table, isLittle)) break;
    const side = view.getUint16(at + 8, isLittle);
    if (view.getUint16(at, isLittle) !== TURNED || side < 1 || side > 8) continue;
    const said = `\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0${String.fromCharCode(side)}\0\0\0\0\0\0`;
    return [Uint8Array.from(said, (sign) => sign.charCodeAt(0))];
  }
  return [];
}

/** A scan ends at a mark; inside it a byte of ones has a zero behind it, or a mark that restarts. */
function scanEnd(file: Uint8Array, begin: number): number {
  for (let at = file.indexOf(0xff, begin); at >= 0; at = file.indexOf(0xff, at + 2)) {
    const next = file[at + 1] ?? 0;
    if (next !== 0 && (next < 0xd0 || next > 0xd7)) return at;
  }
  return file.length;
}

/** PNG, 5.3: a chunk is its size, name, bytes and sum. */
function ofPng(file: Uint8Array): Uint8Array[] | null {
  const pieces = [file.subarray(0, PNG.length)];
  for (let at = PNG.length; at + 12 <= file.length; ) {
    const [name, end] = [text(file, at + 4, 4), at + 12 + number(file, at, 4)];
    if (end > file.length) return null;
    if (PNG_NEEDS.includes(name)) pieces.push(file.subarray(at, end));
    if (name === "IEND") return pieces;
    at = end;
  }
  return null;
}

/** RFC 9649, 2.3: a chunk is its name, size and bytes, and one more where these are odd. */
function ofWebp(file: Uint8Array): Uint8Array[] | null {
  const pieces: Uint8Array[] = [];
  const whole = Math.min(file.length, 8 + size(file, 4));
  for (let at = 12; at + 8 <= whole; ) {
    const [name, bytes] = [text(file, at, 4), size(file, at + 4)];
    const end = at + 8 + bytes + (bytes % 2);
    if (end > whole || name === "ANIM") return null;
    const piece = file.slice(at, end);
    if (name === "VP8X") piece[8] = (piece[8] ?? 0) & ~TOLD_BESIDE;
    if (WEBP_NEEDS.includes(name)) pieces.push(piece);
    at = end;
  }
  const inside = pieces.reduce((sum, one) => sum + one.length, 4);
  const head = file.slice(0, 12);
  new DataView(head.buffer).setUint32(4, inside, true);
  return inside > 4 ? [head, ...pieces] : null;
}

function number(file: Uint8Array, at: number, bytes: number): number {
  return file.subarray(at, at + bytes).reduce((sum, byte) => sum * 256 + byte, 0);
}

function size(file: Uint8Array, at: number): number {
  return number(file.slice(at, at + 4).reverse(), 0, 4);
}

function text(file: Uint8Array, at: number, bytes: number): string {
  return String.fromCharCode(...file.subarray(at, at + bytes));
}
