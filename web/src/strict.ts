/** Strict values: what has more than one spelling elsewhere has one here. */
import { Refused } from "./refused";

// Where JSON writers disagree, ids would differ: C0 but line feed, DEL, C1; non-characters.
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/;
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/;

export function refuseControls(text: string, lines: boolean): void {
  if (FORBIDDEN.test(text) || LONE.test(text) || (!lines && text.includes("\n"))) {
    throw new Refused("bad-form", "a control character, a lone surrogate or a non-character");
  }
}

export function isHex(text: unknown, bytes: number): text is string {
  return typeof text === "string" && text.length === 2 * bytes && /^[0-9a-f]*$/.test(text);
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Reads base64 (RFC 4648, 4) of so many bytes; any other spelling is null. */
export function fromBase64(text: unknown, size: number): Uint8Array | null {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  try {
    const found = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
    return found.length === size && toBase64(found) === text ? found : null;
  } catch {
    return null; // atob says no to lengths that cannot be
  }
}
