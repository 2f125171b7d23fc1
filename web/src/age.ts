/** The outside of an age file: for how many recipients it is sealed, and how much is inside. */

export interface Outside {
  readonly sort: "x25519" | "hybrid";
  readonly recipients: number;
  readonly inside: number;
}

const KEY = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]"; // 32 bytes in base64 without padding
const ENCAPSULATED = "[A-Za-z0-9+/]{1493}[AQgw]"; // 1,120 bytes
const BEGIN = "age-encryption.org/v1\n";
const STANZAS: { readonly [sort in Outside["sort"]]: { form: RegExp; length: number } } = {
  x25519: { form: new RegExp(`^-> X25519 ${KEY}\\n${KEY}\\n$`), length: 98 },
  hybrid: { form: new RegExp(`^-> mlkem768x25519 ${ENCAPSULATED}\\n${KEY}\\n$`), length: 1_557 },
};
const MAC = new RegExp(`^--- ${KEY}\\n$`);
const MAC_LENGTH = 48;
const NONCE = 16;
const TAG = 16;
const CHUNK = 65_536;

/** Looks at an age file from outside; null where it is none of the one spelling. */
export function outsideOf(file: Uint8Array): Outside | null {
  const text = (at: number, length: number): string =>
    Array.from(file.subarray(at, at + length), (byte) => String.fromCharCode(byte)).join("");
  if (text(0, BEGIN.length) !== BEGIN) return null;
  const sort = text(BEGIN.length, 10) === "-> X25519 " ? "x25519" : "hybrid";
  const { form, length } = STANZAS[sort];
  let at = BEGIN.length;
  let recipients = 0;
  for (; form.test(text(at, length)); at += length) recipients += 1;
  if (recipients === 0 || !MAC.test(text(at, MAC_LENGTH))) return null;
  const inside = insideOf(file.length - at - MAC_LENGTH - NONCE);
  return inside === null ? null : { sort, recipients, inside };
}

/** The size of what a payload of so many bytes holds; only an empty one is all tag. */
function insideOf(payload: number): number | null {
  const chunks = Math.ceil(payload / (CHUNK + TAG));
  const inside = payload - TAG * chunks;
  const least = chunks === 1 ? 0 : (chunks - 1) * CHUNK + 1;
  return chunks > 0 && inside >= least ? inside : null;
}
