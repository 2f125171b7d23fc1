/** Bech32 (BIP-173) in lower case and without its limit of length, as age spells its keys. */
import { bech32 } from "@scure/base";

/** The bytes of a text under that human-readable name; null where it is none. */
export function read(prefix: string, text: string): Uint8Array | null {
  try {
    const { prefix: found, words } = bech32.decode(text as `${string}1${string}`, false);
    const raw = found === prefix ? bech32.fromWords(words) : null;
    return raw !== null && bech32.encode(prefix, bech32.toWords(raw), false) === text ? raw : null;
  } catch {
    return null; // a slip, or no bech32 at all
  }
}
