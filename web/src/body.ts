/** Body: what is inside an envelope: who wrote it, her sig over it and its place, and what is said. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import * as keys from "./keys";
import { BODY_HEAD } from "./limits";
import { Refused } from "./refused";
import { readStatement, TYPES, VERSION, type Statement } from "./said";
import { refuseControls } from "./strict";

const BODY_SIZES = [2_048, 8_192, 32_768];
const MARK = utf8ToBytes("wayhome1");
const TAG = sha256(utf8ToBytes("wayhome/body/1"));

export type DrawerWord = "bad-body" | "moved" | "unknown-type" | "too-new";

/** Nothing that a case is made of; the word says why. */
export class Drawer extends Error {
  constructor(readonly word: DrawerWord) {
    super(word);
  }
}

/** Where an envelope belongs: its group, the charter that it was sealed under, its slot. */
export interface Place {
  readonly g: string;
  readonly charter: string;
  readonly s: string;
}

/** A body whose sig was checked for its place. */
export interface Body {
  readonly by: string;
  readonly said: Statement;
}

/** Writes a body in the smallest size that holds it; it opens at this place only. */
export function write(what: Statement, place: Place, secretKey: string): Uint8Array {
  const json = utf8ToBytes(JSON.stringify(what));
  try {
    said(json);
  } catch {
    throw new Refused("bad-form", "a text is too long, or holds what no reader sees");
  }
  const size = BODY_SIZES.find((one) => BODY_HEAD + json.length <= one);
  if (size === undefined) throw new Refused("too-large", "there is too much in one message");
  const by = keys.publicKey(secretKey);
  const sig = keys.sign(secretKey, digest(place, json));
  const found = new Uint8Array(size);
  found.set(concatBytes(MARK, lengthOf(json), hexToBytes(by), hexToBytes(sig), json));
  return found;
}

/** Reads what was sealed, for the place that its envelope states. */
export function read(plain: Uint8Array, place: Place): Body {
  const view = new DataView(plain.buffer, plain.byteOffset, plain.length);
  const isFramed = BODY_SIZES.includes(plain.length) && MARK.every((byte, i) => plain[i] === byte);
  const end = isFramed ? BODY_HEAD + view.getUint32(8) : Infinity;
  if (end > plain.length || plain.subarray(end).some((byte) => byte !== 0)) throw new Drawer("bad-body");
  const by = bytesToHex(plain.subarray(12, 44));
  const json = plain.subarray(BODY_HEAD, end);
  if (!keys.verifies(by, digest(place, json), bytesToHex(plain.subarray(44, BODY_HEAD)))) {
    throw new Drawer("moved");
  }
  return { by, said: said(json) };
}

function digest(place: Place, json: Uint8Array): Uint8Array {
  return sha256(concatBytes(TAG, TAG, hexToBytes(place.g + place.charter + place.s), json));
}

function lengthOf(json: Uint8Array): Uint8Array {
  const size = json.length;
  return Uint8Array.of(size >>> 24, size >>> 16, size >>> 8, size);
}

function said(json: Uint8Array): Statement {
  const { text, value } = parsed(json);
  const { t, v } = value as { t?: unknown; v?: unknown };
  if (typeof t !== "string" || !Number.isInteger(v)) throw new Drawer("bad-body");
  if ((v as number) > VERSION) throw new Drawer("too-new");
  if (!TYPES.has(t)) throw new Drawer("unknown-type");
  const found = isOneSpelling(value, text) ? readStatement(value) : null;
  if (found === null) throw new Drawer("bad-body");
  return found;
}

function parsed(json: Uint8Array): { readonly text: string; readonly value: object } {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return { text, value };
  } catch {
    // no UTF-8, or no JSON
  }
  throw new Drawer("bad-body");
}

/** A statement has one spelling: what would not be written so again is none. */
function isOneSpelling(value: object, text: string): boolean {
  try {
    refuseHidden(value);
    return JSON.stringify(value) === text;
  } catch {
    return false; // a control character, or deeper than the stack
  }
}

function refuseHidden(value: unknown): void {
  if (typeof value === "string") refuseControls(value, true);
  else if (typeof value === "object" && value !== null) Object.values(value).forEach(refuseHidden);
}
