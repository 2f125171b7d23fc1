/** Pictures: what a browser can draw is drawn anew, so that nothing but the picture is left; else its own bytes are bared. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import * as blobs from "../blobs";
import { Refused } from "../refused";
import { bare, formOf } from "./bare";
import type { File as Entry } from "../said";
import { tracesOf, type Trace } from "./traces";
import type { Attached, Told } from "./family";

const DRAWN = ["image/jpeg", "image/png", "image/webp"];
const WIDEST = 2_560; // pixels: a stamp on a paper can still be read
const QUALITY = 0.85;
const TYPE = /^[a-z0-9][a-z0-9.+-]{0,60}\/[a-z0-9][a-z0-9.+-]{0,60}$/;
const OF_NAME = 300; // characters

/** A file as the family chose it. */
export interface Chosen {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array; // as it came
  readonly clean: Uint8Array | null; // the picture alone; null where it could be neither drawn nor bared
  readonly traces: readonly Trace[];
}

/** Reads a file and, if it is a picture, draws it anew, or takes its own bytes and nothing beside them. */
export async function choose(file: File): Promise<Chosen> {
  const bytes = new Uint8Array(await contents(file));
  blobs.bucketOf(bytes.length); // too large is said at once
  const clean = DRAWN.includes(file.type) ? ((await drawn(file)) ?? bare(bytes)) : null;
  const type = TYPE.test(file.type) ? file.type : "application/octet-stream";
  return { name: named(file.name), type, bytes, clean, traces: clean === null ? [] : tracesOf(bytes) };
}

/** Seals what goes to the caseworkers: the clean copy, or the file as it is. */
function attach({ clean, bytes, name, type }: Chosen): Promise<Attached> {
  if (clean === null) return sealed(bytes, name, type, "document");
  const form = formOf(clean) ?? "jpeg";
  const end = form === "jpeg" ? "jpg" : form;
  return sealed(clean, `${name.replace(/\.[^.]*$/, "")}.${end}`, `image/${form}`, "clean");
}

/** Seals the original of a picture, for custodians alone. */
function attachOriginal(chosen: Chosen): Promise<Attached> {
  return sealed(chosen.bytes, chosen.name, chosen.type, "original");
}

/** Seals files one by one, and the originals of pictures where custodians are to have them. */
export async function attachAll(chosen: readonly Chosen[], withOriginals: boolean): Promise<Pick<Told, "files" | "originals">> {
  const files: Attached[] = [];
  const originals: Attached[] = [];
  for (const one of chosen) {
    files.push(await attach(one));
    if (withOriginals && one.clean !== null) originals.push(await attachOriginal(one));
  }
  return { files, originals };
}

async function sealed(bytes: Uint8Array, name: string, type: string, role: Entry["role"]): Promise<Attached> {
  const blob = await blobs.make(bytes);
  const digest = bytesToHex(sha256(bytes));
  return { blob, file: { id: blob.id, key: blob.key, name, type, size: bytes.length, sha256: digest, role } };
}

async function drawn(file: File): Promise<Uint8Array | null> {
  const url = URL.createObjectURL(file);
  try {
    if (!givesBack()) return null;
    const image = await loaded(url);
    const share = Math.min(1, WIDEST / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.naturalWidth * share));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * share));
    const context = canvas.getContext("2d");
    if (context === null) return null;
    context.fillStyle = "#fff"; // what shone through a PNG would be black
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return made === null ? null : new Uint8Array(await contents(made));
  } catch {
    return null; // no picture after all: it goes as a document, and the page says so
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Tor Browser gives noise or nothing for what was drawn, so that nobody is known by it; asked each time, for one may allow it. */
function givesBack(): boolean {
  const [canvas, colour] = [document.createElement("canvas"), [200, 30, 90]];
  [canvas.width, canvas.height] = [4, 4];
  const context = canvas.getContext("2d");
  if (context === null) return false;
  context.fillStyle = `rgb(${colour.join()})`;
  context.fillRect(0, 0, 4, 4);
  const seen = Array.from(context.getImageData(0, 0, 4, 4).data);
  // some browsers change the last bits: that harms no picture
  return seen.every((byte, i) => Math.abs(byte - (colour[i % 4] ?? 255)) < 8);
}

function loaded(url: string): Promise<HTMLImageElement> {
  return new Promise((done, fail) => {
    const image = new Image();
    image.addEventListener("load", () => done(image));
    image.addEventListener("error", () => fail(new Refused("bad-form")));
    image.src = url;
  });
}

function contents(file: Blob): Promise<ArrayBuffer> {
  return new Promise((done, fail) => {
    const reader = new FileReader(); // Blob.arrayBuffer is younger than our oldest browser
    reader.addEventListener("load", () => done(reader.result as ArrayBuffer));
    reader.addEventListener("error", () => fail(new Refused("bad-form")));
    reader.readAsArrayBuffer(file);
  });
}

/** A name that every reader takes: no controls, no path, not too long. */
function named(name: string): string {
  const kept = name.replace(/[\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff/\\]/g, "");
  return [...kept].slice(-OF_NAME).join("") || "file";
}
