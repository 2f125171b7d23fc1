/** Sealed file: envelopes in a file with their attachments, so that both travel by any road. */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";
import { blobId } from "./blobs";
import { line, readLine, type Record } from "./record";
import { Refused } from "./refused";
import { NUMBER, rule } from "./sealed";

const ENVELOPES = 4; // a report, who the family is, and room for later words
const CHUNK = '{"blob":';
const LINE_FEED = 10;

/** A sealed file as it travels; the key that opens it is in an envelope. */
export interface Attachment {
  readonly id: string;
  readonly hashes: Uint8Array;
  readonly chunks: readonly Uint8Array[];
}

export interface SealedFile {
  readonly envelopes: readonly Record[];
  readonly attachments: readonly Attachment[];
}

/** Writes it, a piece a line. */
export function write({ envelopes, attachments }: SealedFile): string[] {
  const lines = envelopes.map((one) => `${line(one)}\n`);
  for (const { id, chunks } of attachments) {
    chunks.forEach((chunk, i) => lines.push(`{"blob":"${id}","chunk":${i},"bytes":"${base64.encode(chunk)}"}\n`));
  }
  return lines;
}

/** Reads a file, or refuses it: `bad-form`, `unknown-blob`, `chunk-mismatch`, or what is wrong with an envelope. */
export function read(raw: Uint8Array): SealedFile {
  const envelopes: Record[] = [];
  const chunks = new Map<string, Uint8Array[]>();
  for (let at = 0; at < raw.length; ) {
    const end = raw.indexOf(LINE_FEED, at);
    const one = raw.subarray(at, end < 0 ? raw.length : end);
    at += one.length + 1;
    if (isChunk(one)) add(chunks, one);
    else if (chunks.size === 0) envelopes.push(envelope(one));
    else throw new Refused("bad-form");
  }
  if (envelopes.length === 0 || envelopes.length > ENVELOPES) throw new Refused("bad-form");
  const named = envelopes.flatMap((one) => rule(one).blobs.map((blob) => blob.id));
  const attachments = [...chunks].map(([id, parts]) => {
    const hashes = concatBytes(...parts.map((part) => sha256(part)));
    if (!named.includes(id)) throw new Refused("unknown-blob");
    if (blobId(hashes) !== id) throw new Refused("chunk-mismatch");
    return { id, hashes, chunks: parts };
  });
  return { envelopes, attachments };
}

function isChunk(one: Uint8Array): boolean {
  return [...CHUNK].every((sign, i) => one[i] === sign.charCodeAt(0));
}

function add(chunks: Map<string, Uint8Array[]>, one: Uint8Array): void {
  let said: { blob?: unknown; chunk?: unknown; bytes?: unknown };
  let body: Uint8Array;
  try {
    said = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(one)) as typeof said;
    body = base64.decode(said.bytes as string);
  } catch {
    throw new Refused("bad-form");
  }
  const parts = chunks.get(said.blob as string) ?? [];
  const isNext = Object.keys(said).join() === "blob,chunk,bytes" && said.chunk === parts.length;
  if (!isNext || typeof said.blob !== "string") throw new Refused("bad-form");
  chunks.set(said.blob, [...parts, body]);
}

function envelope(one: Uint8Array): Record {
  const record = readLine(one);
  if (record.kind !== NUMBER) throw new Refused("bad-form");
  rule(record);
  return record;
}
