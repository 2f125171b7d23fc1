/**
 * Stamps: the person's side of RFC 9474 (RSABSSA-SHA384-PSS), on BigInt.
 *
 * Only public numbers are raised to powers here; what is secret (salt, factor) is multiplied and
 * inverted once, on the person's own device.
 */
import { sha256, sha384 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, randomBytes } from "@noble/hashes/utils.js";
import { EXPONENT, MODULUS_BYTES, SALT_BYTES } from "./limits";
import { Refused } from "./refused";

const HASH_BYTES = 48;
// RFC 9578, 8.2.2: one spelling, so that no ASN.1 is parsed and a key has one hash
const SPKI_HEAD =
  "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a864886f70d" +
  "010108300b0609608648016503040202a2030201300382010f003082010a0282010100";
const SPKI_TAIL = "0203010001";

export interface StampKey {
  readonly kid: string;
  readonly modulus: bigint;
}

export interface Blinding {
  readonly salt: string;
  readonly factor: string;
}

export function stampKey(spki: Uint8Array): StampKey {
  const text = bytesToHex(spki);
  const modulus = text.slice(SPKI_HEAD.length, -SPKI_TAIL.length);
  const isOdd = parseInt(modulus.slice(-1), 16) % 2 === 1;
  if (
    text !== SPKI_HEAD + modulus + SPKI_TAIL ||
    modulus.length !== 2 * MODULUS_BYTES ||
    parseInt(modulus.slice(0, 1), 16) < 8 ||
    !isOdd
  ) {
    throw new Refused("bad-spki");
  }
  return { kid: bytesToHex(sha256(spki)), modulus: BigInt(`0x${modulus}`) };
}

/** The 98 bytes that a stamp covers (RFC 9578, 6.1). */
export function tokenInput(petition: string, oneTimeKey: string, kid: string): Uint8Array {
  return hexToBytes(`0002${oneTimeKey}${petition}${kid}`);
}

export function newBlinding(key: StampKey): Blinding {
  for (;;) {
    // 16 bytes more than the modulus: what the remainder prefers is below 2^-128
    const factor = toNumber(randomBytes(MODULUS_BYTES + 16)) % key.modulus;
    if (factor > 1n && inverse(factor, key.modulus) !== null) {
      return { salt: bytesToHex(randomBytes(SALT_BYTES)), factor: factor.toString(16) };
    }
  }
}

export function blind(key: StampKey, message: Uint8Array, blinding: Blinding): Uint8Array {
  const encoded = encode(message, hexToBytes(blinding.salt), bits(key.modulus));
  return blindNumber(key.modulus, encoded, BigInt(`0x${blinding.factor}`));
}

/** Takes the hiding away; `bad-answer` when what comes out is not this key's stamp. */
export function finalise(
  key: StampKey,
  message: Uint8Array,
  factor: string,
  blindSig: Uint8Array,
): Uint8Array {
  const inverted = inverse(BigInt(`0x${factor}`), key.modulus);
  if (inverted === null) throw new Refused("bad-answer");
  const stamp = unblindNumber(key.modulus, blindSig, inverted);
  if (!verifies(key.modulus, message, stamp, SALT_BYTES)) throw new Refused("bad-answer");
  return stamp;
}

export function blindNumber(modulus: bigint, encoded: Uint8Array, factor: bigint): Uint8Array {
  const hidden = (toNumber(encoded) * power(factor, EXPONENT, modulus)) % modulus;
  return toBytes(hidden, byteLength(modulus));
}

export function unblindNumber(modulus: bigint, blindSig: Uint8Array, inverted: bigint): Uint8Array {
  return toBytes((toNumber(blindSig) * inverted) % modulus, byteLength(modulus));
}

/** EMSA-PSS (RFC 8017, 9.1.1). */
export function encode(message: Uint8Array, salt: Uint8Array, modulusBits: number): Uint8Array {
  const size = Math.ceil((modulusBits - 1) / 8);
  const digest = sha384(concatBytes(new Uint8Array(8), sha384(message), salt));
  const room = size - HASH_BYTES - 1;
  const block = new Uint8Array(room);
  block[room - salt.length - 1] = 1;
  block.set(salt, room - salt.length);
  const masked = mask(digest, room).map((byte, i) => byte ^ (block[i] ?? 0));
  masked[0] = (masked[0] ?? 0) & (0xff >> (8 * size - (modulusBits - 1)));
  return concatBytes(masked, digest, Uint8Array.of(0xbc));
}

/** RSASSA-PSS (RFC 8017, 8.1.2 and 9.1.2). */
export function verifies(
  modulus: bigint,
  message: Uint8Array,
  stamp: Uint8Array,
  saltBytes: number,
): boolean {
  const number = toNumber(stamp);
  if (stamp.length !== byteLength(modulus) || number >= modulus) return false;
  const size = Math.ceil((bits(modulus) - 1) / 8);
  const encoded = toBytes(power(number, EXPONENT, modulus), size);
  const room = size - HASH_BYTES - 1;
  const digest = encoded.slice(room, room + HASH_BYTES);
  const block = mask(digest, room).map((byte, i) => byte ^ (encoded[i] ?? 0));
  block[0] = (block[0] ?? 0) & (0xff >> (8 * size - (bits(modulus) - 1)));
  // made again from the salt that is found, every byte of it must be the same
  return bytesToHex(encode(message, block.slice(room - saltBytes), bits(modulus))) === bytesToHex(encoded);
}

export function inverse(number: bigint, modulus: bigint): bigint | null {
  let [a, b, x, y] = [number % modulus, modulus, 1n, 0n];
  while (b > 0n) {
    const whole = a / b;
    [a, b, x, y] = [b, a % b, y, x - whole * y];
  }
  return a === 1n ? ((x % modulus) + modulus) % modulus : null;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square, left] = [1n, base % modulus, exponent];
  while (left > 0n) {
    if (left % 2n === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
    left /= 2n;
  }
  return result;
}

/** MGF1 (RFC 8017, B.2.1). */
function mask(seed: Uint8Array, size: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let i = 0; i * HASH_BYTES < size; i += 1) {
    blocks.push(sha384(concatBytes(seed, Uint8Array.of(0, 0, i >> 8, i & 255))));
  }
  return concatBytes(...blocks).slice(0, size);
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytesToHex(bytes) || "0"}`);
}

function toBytes(number: bigint, size: number): Uint8Array {
  const text = number.toString(16);
  // a number too long for its place can only come from a lie; it is cut, and verifies as nothing
  return hexToBytes(text.padStart(2 * size, "0").slice(-2 * size));
}

function bits(modulus: bigint): number {
  return modulus.toString(2).length;
}

function byteLength(modulus: bigint): number {
  return Math.ceil(bits(modulus) / 8);
}
