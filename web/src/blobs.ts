/** Blobs: a sealed file in chunks, named by the hash of the list of its chunks. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import { BLOB_CHUNK, BLOB_LARGEST, BLOB_SMALLEST } from "./limits";
import { newIdentity, recipientOf } from "./recipients";
import { Refused } from "./refused";
import { seal } from "./seal";

const LENGTH_BYTES = 8;
const HASH = 32;

/** A sealed file, and the key that opens it. An envelope names its id and its bucket. */
export interface Blob {
  readonly id: string;
  readonly bucket: number;
  readonly hashes: Uint8Array;
  readonly chunks: readonly Uint8Array[];
  readonly key: string;
}

/** The size that a file of so many bytes is filled up to. */
export function bucketOf(size: number): number {
  for (let bucket = BLOB_SMALLEST; bucket <= 256 * BLOB_SMALLEST; bucket *= 2) {
    if (LENGTH_BYTES + size <= bucket) return bucket;
  }
  if (LENGTH_BYTES + size <= BLOB_LARGEST) return BLOB_LARGEST;
  throw new Refused("too-large", "a file is too large");
}

/** Seals a file to a new key and cuts it. */
export async function make(content: Uint8Array): Promise<Blob> {
  const bucket = bucketOf(content.length);
  const key = newIdentity("x25519");
  const plain = new Uint8Array(bucket);
  new DataView(plain.buffer).setUint32(4, content.length);
  plain.set(content, LENGTH_BYTES);
  const sealed = await seal(plain, [await recipientOf(key)]);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < sealed.length; at += BLOB_CHUNK) chunks.push(sealed.subarray(at, at + BLOB_CHUNK));
  const hashes = concatBytes(...chunks.map((chunk) => sha256(chunk)));
  return { id: blobId(hashes), bucket, hashes, chunks, key };
}

export function blobId(hashes: Uint8Array): string {
  return bytesToHex(sha256(hashes));
}

/** Joins all chunks of a blob, each of them checked; null when one is missing or another. */
export function joined(id: string, hashes: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array | null {
  const isWhole = blobId(hashes) === id && chunks.length * HASH === hashes.length;
  const listed = (i: number): string => bytesToHex(hashes.subarray(i * HASH, (i + 1) * HASH));
  const areRight = isWhole && chunks.every((chunk, i) => bytesToHex(sha256(chunk)) === listed(i));
  return areRight ? concatBytes(...chunks) : null;
}

/** Takes the file out of what was sealed; null when it is not the one that the body promised. */
export function contentOf(plain: Uint8Array, size: number, digest: string): Uint8Array | null {
  const view = new DataView(plain.buffer, plain.byteOffset, plain.length);
  if (plain.length < BLOB_SMALLEST || view.getUint32(0) !== 0 || view.getUint32(4) !== size) return null;
  const content = plain.subarray(LENGTH_BYTES, LENGTH_BYTES + size);
  const isFilled = plain.subarray(LENGTH_BYTES + size).every((byte) => byte === 0);
  return isFilled && bytesToHex(sha256(content)) === digest ? content : null;
}
