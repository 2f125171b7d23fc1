/** BIP-340: one-time keys, sigs, and whether a sig verifies. No WebCrypto: plain http has none. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { hashes, Point, schnorr, utils } from "@noble/secp256k1";

hashes.sha256 = sha256;

export function newSecretKey(): string {
  return bytesToHex(utils.randomSecretKey());
}

export function publicKey(secretKey: string): string {
  return bytesToHex(schnorr.getPublicKey(hexToBytes(secretKey)));
}

export function sign(secretKey: string, digest: Uint8Array): string {
  return bytesToHex(schnorr.sign(digest, hexToBytes(secretKey)));
}

export function verifies(pubkey: string, digest: Uint8Array, sig: string): boolean {
  try {
    return schnorr.verify(hexToBytes(sig), digest, hexToBytes(pubkey));
  } catch {
    return false; // not points or numbers of the curve
  }
}

export function isPublicKey(text: string): boolean {
  try {
    Point.fromHex(`02${text}`).assertValidity();
    return true;
  } catch {
    return false;
  }
}
