/** Proof of work: a puzzle on a whole record, so that a flood of envelopes costs its sender something. */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { serialise, type Tag } from "./nip01";

const NAME = "work";
const LABEL = utf8ToBytes("wayhome/work/1");
const NONCE = 8; // bytes
const TURN = 4_096; // nonces tried before others have their turn

/** What the work is done on: the id that the record would have without its work tag. */
export function digestOf(pubkey: string, createdAt: number, kind: number, tags: readonly Tag[], content: string): Uint8Array {
  const rest = tags.filter(([name]) => name !== NAME);
  return sha256(utf8ToBytes(serialise(pubkey, createdAt, kind, rest, content)));
}

/** With how many zero bits the hash of the label, a digest and a nonce begins. */
export function bitsOf(digest: Uint8Array, nonce: Uint8Array): number {
  return zeros(sha256(concatBytes(LABEL, digest, nonce)));
}

/** Looks for the first nonce that has so many bits; `pause` lets the page live between the turns. */
export async function find(digest: Uint8Array, bits: number, pause: () => Promise<void>): Promise<Uint8Array> {
  const tried = concatBytes(LABEL, digest, new Uint8Array(NONCE));
  const view = new DataView(tried.buffer);
  const at = tried.length - NONCE;
  for (let nonce = 0; ; nonce += 1) {
    view.setUint32(at, Math.floor(nonce / 2 ** 32));
    view.setUint32(at + 4, nonce % 2 ** 32);
    if (zeros(sha256(tried)) >= bits) return tried.slice(at);
    if (nonce % TURN === TURN - 1) await pause();
  }
}

function zeros(hash: Uint8Array): number {
  const whole = hash.findIndex((byte) => byte !== 0);
  return whole < 0 ? 8 * hash.length : 8 * whole + Math.clz32(hash[whole] ?? 0) - 24;
}
