/** Record: one signed public statement (NIP-01), checked or made here. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import * as keys from "./keys";
import { RECORD_BYTES, RECORD_TAGS, TAG_ITEMS } from "./limits";
import { serialise, type Tag } from "./nip01";
import { Refused } from "./refused";
import { isHex, refuseControls } from "./strict";

export interface Record {
  readonly id: string;
  readonly pubkey: string;
  readonly created_at: number;
  readonly kind: number;
  readonly tags: readonly Tag[];
  readonly content: string;
  readonly sig: string;
}

const FIELDS = ["id", "pubkey", "created_at", "kind", "tags", "content", "sig"];

/** Checks what came from a node; `bad-form`, `bad-id`, `bad-sig`, in this order. */
export function check(value: unknown): Record {
  const record = shaped(value);
  const digest = digestOf(record);
  if (bytesToHex(digest) !== record.id) throw new Refused("bad-id");
  if (!keys.verifies(record.pubkey, digest, record.sig)) throw new Refused("bad-sig");
  return record;
}

/** Reads a line of a file, its canonical line to the byte: also `too-large`. Without its sig on wish. */
export function readLine(raw: Uint8Array, sigIsKnown = false): Record {
  if (raw.length > RECORD_BYTES) throw new Refused("too-large");
  const record = shaped(parsed(raw));
  const digest = digestOf(record);
  if (bytesToHex(digest) !== record.id) throw new Refused("bad-id");
  if (!sigIsKnown && !keys.verifies(record.pubkey, digest, record.sig)) throw new Refused("bad-sig");
  return record;
}

/** Signs a statement; the result is what a node is sent. */
export function sign(
  draft: Pick<Record, "created_at" | "kind" | "tags" | "content">,
  secretKey: string,
): Record {
  const unsigned = { ...draft, pubkey: keys.publicKey(secretKey) };
  const digest = digestOf(unsigned);
  return { ...unsigned, id: bytesToHex(digest), sig: keys.sign(secretKey, digest) };
}

/** The canonical line: fields in NIP-01's order, no spaces. */
export function line(record: Record): string {
  const { id, pubkey, created_at, kind, tags, content, sig } = record;
  return JSON.stringify({ id, pubkey, created_at, kind, tags, content, sig });
}

/** The id that a line of our own claims. */
export function idOf(written: string): string {
  return (JSON.parse(written) as Record).id;
}

function parsed(raw: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
    const found: unknown = JSON.parse(text);
    // what is its own rewriting has no field twice, none missing and none beside
    if (line(found as Record) === text) return found;
  } catch {
    // neither JSON nor UTF-8, or nested too deep
  }
  throw new Refused("bad-form");
}

function digestOf(record: Omit<Record, "id" | "sig">): Uint8Array {
  const { pubkey, created_at, kind, tags, content } = record;
  return sha256(utf8ToBytes(serialise(pubkey, created_at, kind, tags, content)));
}

function shaped(value: unknown): Record {
  const found = value as Record;
  const isShaped =
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).sort().join() === [...FIELDS].sort().join() &&
    isHex(found.id, 32) &&
    isHex(found.pubkey, 32) &&
    isHex(found.sig, 64) &&
    Number.isSafeInteger(found.created_at) &&
    found.created_at >= 0 &&
    Number.isSafeInteger(found.kind) &&
    found.kind >= 0 &&
    found.kind <= 65_535 &&
    typeof found.content === "string" &&
    Array.isArray(found.tags) &&
    found.tags.length <= RECORD_TAGS &&
    found.tags.every(isTag);
  if (!isShaped) throw new Refused("bad-form");
  refuseControls(found.content, true);
  for (const tag of found.tags as Tag[]) tag.forEach((item) => refuseControls(item, false));
  return found;
}

function isTag(tag: unknown): boolean {
  return (
    Array.isArray(tag) &&
    tag.length >= 1 &&
    tag.length <= TAG_ITEMS &&
    tag[0] !== "" &&
    tag.every((item) => typeof item === "string")
  );
}
