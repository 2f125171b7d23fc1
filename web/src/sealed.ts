/** sealed: an envelope that only caseworkers can open; all of them look alike. */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";
import { type Outside as File, outsideOf } from "./age";
import type { Place } from "./body";
import * as keys from "./keys";
import * as limits from "./limits";
import type { Tag } from "./nip01";
import { sign, type Record } from "./record";
import { Refused } from "./refused";
import { isHex } from "./strict";
import { readId } from "./tags";
import { bitsOf, digestOf, find } from "./proof_of_work";

export const NUMBER = 3990;
export const DAY = 86_400;
const NONCE_BYTES = 8;
const INSIDE = [2_048, 8_192, 32_768]; // bytes of a body
const NAMES = ["g", "charter", "s", "expiration", "work"];
const LENGTHS = [2, 2, 2, 2, 3];
const DECIMAL = /^(0|[1-9][0-9]{0,15})$/;

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
    ["expiration", String(created_at + limits.ENVELOPE_DAYS * DAY)],
    ["work", nonce, String(bits)],
    ...blobs.map(({ id, bucket }): Tag => ["blob", id, String(bucket)]),
  ];
  const digest = digestOf(keys.publicKey(secret), created_at, NUMBER, tagged(""), content);
  const nonce = bits > 0 ? await find(digest, bits, pause) : new Uint8Array(NONCE_BYTES);
  return sign({ kind: NUMBER, created_at, tags: tagged(bytesToHex(nonce)), content }, secret);
}

/** What can be told of an envelope from outside. */
export interface Envelope {
  readonly place: Place;
  readonly bits: number;
  readonly blobs: readonly Named[];
  readonly file: File;
}

/** Reads an envelope as a node does; of the rule's reasons the first that fits. */
export function rule(record: Record): Envelope {
  const { tags } = record;
  const rest = tags.slice(NAMES.length);
  const isHead = NAMES.every((name, i) => tags[i]?.[0] === name && tags[i]?.length === LENGTHS[i]);
  const isTail = rest.length <= limits.BLOBS && rest.every((tag) => tag[0] === "blob" && tag.length === 3);
  const [g, charter, s, ends] = tags.map((tag) => tag[1] ?? "") as [string, string, string, string];
  if (!isHead || !isTail || !isHex(s, 16)) throw new Refused("bad-tags");
  [g, charter].forEach(readId);
  if (record.created_at % DAY !== 0) throw new Refused("bad-time");
  if (ends !== String(record.created_at + limits.ENVELOPE_DAYS * DAY)) throw new Refused("bad-expiration");
  const file = readFile(record.content);
  const blobs = readBlobs(rest);
  return { place: { g, charter, s }, bits: readWork(record), blobs, file };
}

function readFile(content: string): File {
  const file = outsideOf(decoded(content));
  if (file === null || file.recipients < limits.RECIPIENTS_LEAST) throw new Refused("bad-content");
  const most = file.sort === "x25519" ? limits.CASEWORKERS : limits.RECIPIENTS_HYBRID;
  if (file.recipients > most) throw new Refused("too-many-recipients");
  if (!INSIDE.includes(file.inside)) throw new Refused("bad-size");
  return file;
}

/** The bytes that a text spells in its one way; none, which are no file, where it does not. */
function decoded(text: string): Uint8Array {
  try {
    const found = base64.decode(text);
    return base64.encode(found) === text ? found : new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}

function readBlobs(tags: readonly Tag[]): readonly Named[] {
  const found = tags.map(readBlob);
  const together = found.reduce((sum, one) => sum + one.bucket, 0);
  if (new Set(found.map((one) => one.id)).size !== found.length || together > limits.BLOBS_BYTES) {
    throw new Refused("bad-blob");
  }
  return found;
}

function readBlob([, id, size = ""]: Tag): Named {
  const bucket = DECIMAL.test(size) ? Number(size) : -1;
  const power = Math.log2(bucket / limits.BLOB_SMALLEST);
  const isSize = Number.isInteger(power) && power >= 0 && power <= 8;
  if (!isSize && bucket !== limits.BLOB_LARGEST) throw new Refused("bad-blob");
  return { id: readId(id), bucket };
}

function readWork({ pubkey, created_at, kind, tags, content }: Record): number {
  const [, nonce = "", text = ""] = tags[4] ?? [];
  const bits = DECIMAL.test(text) ? Number(text) : -1;
  const isStated = bits === 0 || (bits >= limits.WORK_LEAST && bits <= limits.WORK_MOST);
  const digest = digestOf(pubkey, created_at, kind, tags, content);
  if (!isHex(nonce, NONCE_BYTES) || !isStated || bitsOf(digest, hexToBytes(nonce)) < bits) {
    throw new Refused("bad-work");
  }
  return bits;
}
