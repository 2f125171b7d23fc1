/** sealed: an envelope that only caseworkers can open; all of them look alike. */
import { bytesToHex } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";
import type { Place } from "./body";
import * as keys from "./keys";
import { ENVELOPE_DAYS } from "./limits";
import type { Tag } from "./nip01";
import { sign, type Record } from "./record";
import { Refused } from "./refused";
import { isHex } from "./strict";
import { readId } from "./tags";
import { digestOf, find } from "./work";

export const NUMBER = 3990;
export const DAY = 86_400;
const NONCE_BYTES = 8;

/** An attachment beside an envelope: its id, and the size that it was filled up to. */
export interface Named {
  readonly id: string;
  readonly bucket: number;
}

/** What an envelope says on its outside. */
export interface Outside {
  readonly place: Place;
  readonly now: number; // in seconds; only its day is written
  readonly bits: number; // of work, 0 where none is done
  readonly blobs?: readonly Named[];
}

/** Reads where an envelope belongs, and what is sealed in it; `bad-tags`, `bad-content`. */
export function read(record: Record): { readonly place: Place; readonly sealed: Uint8Array } {
  const [g, charter, s] = ["g", "charter", "s"].map((name, i) => {
    const [found, value, ...rest] = record.tags[i] ?? [];
    if (found !== name || value === undefined || rest.length > 0) throw new Refused("bad-tags");
    return value;
  });
  if (!isHex(s, 16)) throw new Refused("bad-tags");
  try {
    return { place: { g: readId(g), charter: readId(charter), s }, sealed: base64.decode(record.content) };
  } catch (thrown) {
    throw thrown instanceof Refused ? thrown : new Refused("bad-content");
  }
}

/** Makes an envelope of a sealed body, signed by a key that nobody keeps. */
export async function makeEnvelope(
  outside: Outside,
  sealed: Uint8Array,
  pause: () => Promise<void>,
): Promise<Record> {
  const { place, bits, blobs = [] } = outside;
  const secret = keys.newSecretKey();
  const created_at = outside.now - (outside.now % DAY);
  const content = base64.encode(sealed);
  const tagged = (nonce: string): Tag[] => [
    ["g", place.g],
    ["charter", place.charter],
    ["s", place.s],
    ["expiration", String(created_at + ENVELOPE_DAYS * DAY)],
    ["work", nonce, String(bits)],
    ...blobs.map(({ id, bucket }): Tag => ["blob", id, String(bucket)]),
  ];
  const digest = digestOf(keys.publicKey(secret), created_at, NUMBER, tagged(""), content);
  const nonce = bits > 0 ? await find(digest, bits, pause) : new Uint8Array(NONCE_BYTES);
  return sign({ kind: NUMBER, created_at, tags: tagged(bytesToHex(nonce)), content }, secret);
}
