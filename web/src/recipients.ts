/** The two kinds of keys that texts are sealed to. X25519 by noble: plain http has no WebCrypto. */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, randomBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { base64nopad, bech32 } from "@scure/base";
import { identityToRecipient, Stanza, type Identity, type Recipient } from "age-encryption";
import { read } from "./bech32";

export type Sort = "x25519" | "hybrid";

export const SEED_BYTES = 32;
const FILE_KEY_BYTES = 16;
const TAG_BYTES = 16;
const CURVE_LABEL = utf8ToBytes("age-encryption.org/v1/X25519");
const NO_NONCE = new Uint8Array(12);
const PREFIXES = { x25519: ["age", "age-secret-key-"], hybrid: ["age1pq", "age-secret-key-pq-"] } as const;
const KEY_BYTES = { x25519: 32, hybrid: 1_216 } as const;
const SORTS: readonly Sort[] = ["x25519", "hybrid"];

/** It is no recipient, or no identity, of a kind that we know. */
export class BadKey extends Error {}

export function newIdentity(sort: Sort): string {
  return identityOf(sort, randomBytes(SEED_BYTES));
}

export function identityOf(sort: Sort, seed: Uint8Array): string {
  return bech32.encodeFromBytes(PREFIXES[sort][1], seed).toUpperCase();
}

/** The public half of an identity. */
export async function recipientOf(identity: string): Promise<string> {
  const { sort, seed } = readIdentity(identity);
  if (sort === "hybrid") return identityToRecipient(identity);
  return bech32.encodeFromBytes(PREFIXES.x25519[0], x25519.getPublicKey(seed));
}

export function kindOf(recipient: string): Sort | null {
  for (const sort of SORTS) {
    const raw = read(PREFIXES[sort][0], recipient);
    if (raw !== null && raw.length === KEY_BYTES[sort]) return sort;
  }
  return null;
}

export function readIdentity(text: string): { readonly sort: Sort; readonly seed: Uint8Array } {
  for (const sort of SORTS) {
    const seed = text === text.toUpperCase() ? read(PREFIXES[sort][1], text.toLowerCase()) : null;
    if (seed !== null && seed.length === SEED_BYTES) return { sort, seed };
  }
  throw new BadKey("an identity is AGE-SECRET-KEY-1... or AGE-SECRET-KEY-PQ-1..., all of it");
}

/** Wraps a file's key for an X25519 recipient, without WebCrypto. */
export class CurveRecipient implements Recipient {
  private readonly point: Uint8Array;

  constructor(recipient: string) {
    const raw = read(PREFIXES.x25519[0], recipient);
    if (raw === null || raw.length !== KEY_BYTES.x25519) throw new BadKey("age1..., all of it");
    this.point = raw;
  }

  wrapFileKey(fileKey: Uint8Array): Stanza[] {
    const ephemeral = x25519.utils.randomSecretKey();
    const share = x25519.getPublicKey(ephemeral);
    const key = curveKey(ephemeral, this.point, share, this.point);
    const body = chacha20poly1305(key, NO_NONCE).encrypt(fileKey);
    return [new Stanza(["X25519", base64nopad.encode(share)], body)];
  }
}

/** Unwraps a file's key with an X25519 identity, without WebCrypto. */
export class CurveIdentity implements Identity {
  constructor(private readonly seed: Uint8Array) {}

  unwrapFileKey(stanzas: Stanza[]): Uint8Array | null {
    for (const stanza of stanzas) {
      if (stanza.args[0] !== "X25519") continue;
      const fileKey = this.opened(stanza);
      if (fileKey !== null) return fileKey;
    }
    return null;
  }

  private opened(stanza: Stanza): Uint8Array | null {
    const share = base64nopad.decode(stanza.args[1] ?? "");
    const fits = stanza.args.length === 2 && share.length === 32;
    if (!fits || stanza.body.length !== FILE_KEY_BYTES + TAG_BYTES) {
      throw new Error("a stanza is not of the length of its kind");
    }
    const key = curveKey(this.seed, share, share, x25519.getPublicKey(this.seed));
    try {
      return chacha20poly1305(key, NO_NONCE).decrypt(stanza.body);
    } catch {
      return null; // meant for somebody else
    }
  }
}

function curveKey(secret: Uint8Array, point: Uint8Array, share: Uint8Array, recipient: Uint8Array): Uint8Array {
  const shared = x25519.getSharedSecret(secret, point); // refuses points of low order
  return hkdf(sha256, shared, concatBytes(share, recipient), CURVE_LABEL, 32);
}
