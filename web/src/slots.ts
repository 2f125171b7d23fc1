/** Slots: 16 bytes on an envelope that tell nobody which other envelopes belong to it. */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { SLOT_BYTES } from "./limits";

export type Way = "f" | "r"; // from the family; a reply to it

/** The slot of a family's message or of a reply, from 0, under the box secret. */
export function familySlot(box: Uint8Array, way: Way, number: number): string {
  const counted = Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
  const hash = hmac(sha256, box, concatBytes(utf8ToBytes(way), counted));
  return bytesToHex(hash.slice(0, SLOT_BYTES));
}
