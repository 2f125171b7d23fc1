/** Traces: what a photograph tells beside its picture: where, with which camera, when. */

export type Trace = "place" | "camera" | "time";

const TAGS: { readonly [tag: number]: Trace } = {
  0x010f: "camera",
  0x0110: "camera",
  0x0132: "time",
  0x8825: "place",
  0x9003: "time",
};
const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0]; // "Exif" and two zeros
const FURTHER = 0x8769; // the tag that leads to the camera's own table
const ENTRY = 12; // bytes

/** Looks for them wherever a file has Exif: JPEG, PNG and WebP all carry the same block. */
export function tracesOf(file: Uint8Array): Trace[] {
  const found = new Set<Trace>();
  for (let at = file.indexOf(0x49); at >= 0; at = file.indexOf(0x49, at + 1)) look(file, at, [0x49, 0x49, 42, 0], true, found);
  for (let at = file.indexOf(0x4d); at >= 0; at = file.indexOf(0x4d, at + 1)) look(file, at, [0x4d, 0x4d, 0, 42], false, found);
  return [...found].sort();
}

function look(file: Uint8Array, at: number, mark: readonly number[], isLittle: boolean, found: Set<Trace>): void {
  if (!mark.every((byte, i) => file[at + i] === byte)) return;
  // a JPEG says so before it; PNG and WebP name the block
  const isNamed = EXIF.every((byte, i) => file[at - EXIF.length + i] === byte);
  const name = String.fromCharCode(...file.subarray(Math.max(0, at - 8), at));
  if (!isNamed && !/eXIf|EXIF/.test(name)) return;
  const view = new DataView(file.buffer, file.byteOffset + at, file.length - at);
  table(view, at + 8 <= file.length ? view.getUint32(4, isLittle) : 0, isLittle, found, 2);
}

function table(view: DataView, at: number, isLittle: boolean, found: Set<Trace>, deep: number): void {
  if (deep === 0 || at < 8 || at + 2 > view.byteLength) return;
  const count = view.getUint16(at, isLittle);
  for (let i = 0; i < count; i += 1) {
    const entry = at + 2 + i * ENTRY;
    if (entry + ENTRY > view.byteLength) return;
    const tag = view.getUint16(entry, isLittle);
    const trace = TAGS[tag];
    if (trace !== undefined) found.add(trace);
    if (tag === FURTHER) table(view, view.getUint32(entry + 8, isLittle), isLittle, found, deep - 1);
  }
}
