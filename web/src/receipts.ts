/** Receipts: eight words that a family keeps, and all of its keys grow from them. */
import { expand } from "@noble/hashes/hkdf.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, randomBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { CODE_BYTES, RECEIPT_WORDS, WORD_LIST } from "./limits";
import { identityOf, type Sort } from "./recipients";

const LABEL = utf8ToBytes("wayhome/receipt/1");
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, dkLen: 32 };
const WORD_BITS = 12n;
const CHECK_BITS = 6n;
const A = 65; // in a list as it is served, `A` and the 31 signs behind it are Cyrillic letters
const CYRILLIC_A = 0x430;
const LETTERS = /[a-z\u00c0-\u1fff]+/g; // of any alphabet that a slip may come from

export interface FamilyKeys {
  readonly sign: string;
  readonly box: Uint8Array;
  readonly identity: (sort: Sort) => string;
}

/** What is known of the words while they are typed: which are in no list, and the receipt once whole. */
export interface Typed {
  readonly count: number;
  readonly wrong: readonly number[];
  readonly code: Uint8Array | null;
}

export function newCode(): Uint8Array {
  return checked(randomBytes(CODE_BYTES));
}

/** The receipt of the first 90 of 96 bits. */
export function checked(chance: Uint8Array): Uint8Array {
  const kept = (numberOf(chance) >> CHECK_BITS) << CHECK_BITS;
  const [first = 0] = sha256(concatBytes(LABEL, bytesOf(kept)));
  return bytesOf(kept | BigInt(first >> 2));
}

/** A list as it is served, its words in their order. */
export function wordList(text: string): readonly string[] {
  const words = unpacked(text);
  if (words.length !== WORD_LIST) throw new Error(`a list has ${WORD_LIST} words`);
  return words;
}

/** Words behind each other: how many letters each shares with the one before, and its rest. */
export function unpacked(text: string): string[] {
  let before = "";
  return (text.match(/[0-9][A-`a-z]+/g) ?? []).map((part) => {
    const rest = part.slice(1).replace(/[A-`]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - A + CYRILLIC_A));
    return (before = before.slice(0, Number(part[0])) + rest);
  });
}

export function write(code: Uint8Array, words: readonly string[]): string[] {
  return numbers(code).map((number) => words[number] ?? "");
}

export function numbers(code: Uint8Array): number[] {
  const whole = numberOf(code);
  const places = Array.from({ length: RECEIPT_WORDS }, (_, i) => BigInt(RECEIPT_WORDS - 1 - i));
  return places.map((place) => Number((whole >> (place * WORD_BITS)) & BigInt(WORD_LIST - 1)));
}

/** Reads a receipt as a person typed it, in any of the languages whose lists are given. */
export function read(text: string, lists: readonly (readonly string[])[]): Typed {
  const known = new Map(lists.flatMap((words) => words.map((word, i): [string, number] => [word, i])));
  const typed = lowered(text).match(LETTERS) ?? [];
  const found = typed.map((word) => known.get(word));
  const wrong = found.flatMap((number, i) => (number === undefined ? [i] : []));
  if (wrong.length > 0 || found.length !== RECEIPT_WORDS) return { count: found.length, wrong, code: null };
  const whole = found.reduce<bigint>((sum, number) => (sum << WORD_BITS) | BigInt(number ?? 0), 0n);
  const code = bytesOf(whole);
  return { count: found.length, wrong, code: same(checked(code), code) ? code : null };
}

/** The words that begin with what was typed: a page completes it once there is one. */
export function completions(start: string, words: readonly string[]): string[] {
  const typed = lowered(start);
  return typed === "" ? [] : words.filter((word) => word.startsWith(typed));
}

/** All of a family's keys. It takes a second on an old phone, and is meant to take time. */
export function familyKeys(code: Uint8Array): FamilyKeys {
  const master = scrypt(code, LABEL, SCRYPT);
  const key = (purpose: string): Uint8Array => expand(sha256, master, utf8ToBytes(purpose), 32);
  return {
    sign: bytesToHex(key("sign")),
    box: key("box"),
    identity: (sort) => identityOf(sort, key(sort === "x25519" ? "seal" : "seal-hybrid")),
  };
}

function lowered(text: string): string {
  return text.normalize("NFC").toLowerCase().replace(/ё/g, "е"); // a phone may write й as two characters
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytesToHex(bytes)}`);
}

function bytesOf(number: bigint): Uint8Array {
  const found = new Uint8Array(CODE_BYTES);
  for (let i = CODE_BYTES - 1, rest = number; i >= 0; i -= 1, rest >>= 8n) found[i] = Number(rest & 255n);
  return found;
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return bytesToHex(one) === bytesToHex(other);
}
