/** Small exact readers for what stands in tags; each refuses with its reason. */
import * as keys from "./keys";
import { Refused } from "./refused";
import { isHex } from "./strict";

// Python's and JavaScript's own notions of a space differ; this is the protocol's.
const SPACE = "[\\n \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const SPACED = new RegExp(`^${SPACE}|${SPACE}$`);

export function readId(text: string | undefined): string {
  if (!isHex(text, 32)) throw new Refused("bad-tags", "an id is 64 lower-case hex digits");
  return text;
}

export function readKey(text: string | undefined): string {
  if (!isHex(text, 32) || !keys.isPublicKey(text)) throw new Refused("bad-key");
  return text;
}

export function readNumber(text: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  const number = Number(text);
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text) || number < least || number > most) {
    throw new Refused("bad-number");
  }
  return number;
}

export function readText(text: string, most: number): void {
  const length = [...text].length; // characters, as Python counts them
  if (length < 1 || length > most || SPACED.test(text)) throw new Refused("bad-text");
}
