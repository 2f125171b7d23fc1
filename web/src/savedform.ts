/** Saved form: the help page's form as one file, and whether a group has signed these very bytes. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { FORM_BYTES } from "./limits";
import { readProof, type Proof } from "./proof";
import { Refused } from "./refused";

const BEGINS = "<!doctype html>";
const HEAD = "<!-- wayhome-proof ";
const TAIL = " -->\n";
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export interface SavedForm {
  readonly word: "genuine" | "altered" | "unsigned";
  readonly sum: string;
  /** Of the post behind it, where it is one that can be read. */
  readonly proof: Proof | null;
}

/** Tells whether a file means to be a form; whether it is one of a group, `readForm` tells. */
export function isForm(raw: Uint8Array): boolean {
  const text = signs(raw);
  return text.startsWith(BEGINS) && text.includes(' data-records="');
}

/** Judges a file by itself, believing nobody. */
export function readForm(raw: Uint8Array): SavedForm {
  if (raw.length > FORM_BYTES) throw new Refused("too-large");
  const text = signs(raw);
  const at = text.endsWith(TAIL) ? text.lastIndexOf(HEAD) : -1;
  const behind = text.slice(at + HEAD.length, -TAIL.length);
  const isBehind = at >= 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(behind);
  const body = isBehind ? raw.subarray(0, at) : raw;
  const sum = bytesToHex(sha256(body));
  if (!isBehind) return { word: "unsigned", sum, proof: null };
  const proof = proofOf(behind);
  const isSigned = proof !== null && proof.isOfficial && signsForm(proof.post.text, sum);
  // whom it seals for is what that charter says, and the form has to have it
  const hasCharter = proof !== null && text.slice(0, at).includes(proof.post.charter);
  return { word: isSigned && hasCharter ? "genuine" : "altered", sum, proof };
}

/** A line by itself, so that a post that warns of a file does not sign it. */
function signsForm(text: string, sum: string): boolean {
  return text.split("\n").some((one) => one.trim() === `wayhome-form sha256 ${sum}`);
}

function proofOf(behind: string): Proof | null {
  if (!BASE64.test(behind)) return null;
  try {
    const bytes = Uint8Array.from(atob(behind), (sign) => sign.charCodeAt(0));
    return readProof(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

/** A sign for each byte. */
function signs(raw: Uint8Array): string {
  return new TextDecoder("windows-1252").decode(raw);
}
