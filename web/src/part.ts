/** Part: lines of a file in, rows and refusals out. It needs nothing but its lines and the panel. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { RECORD_BYTES } from "./limits";
import { refuseTime, type Panel } from "./panel";
import { readLine, type Record } from "./record";
import { Refused } from "./refused";
import * as signatures from "./signature";
import { WITHDRAWN, type Row } from "./tally";
import * as withdrawals from "./withdrawal";

const SIGNED = [signatures.NUMBER, withdrawals.NUMBER];
// kinds end at 65535: what has more digits is no record
const KIND = /^\{"id":"[^"]{64}","pubkey":"[^"]{64}","created_at":[0-9]{1,16},"kind":([0-9]{1,5}),/;

/** What the lines are judged by: the panel, or the reason why nothing can be counted. */
export interface Scope {
  readonly petition: string;
  readonly panel: Panel | null;
  readonly refusal: string;
  readonly isFast: boolean;
}

/** What some lines gave. A refusal is known by the record's id, or by the hash of its line. */
export interface Part {
  readonly rows: Row[];
  /** Name and reason, with a space between. */
  readonly refused: Set<string>;
}

/** The kind that a line claims, or null when it is not even the beginning of a record. */
export function kindOf(raw: Uint8Array): number | null {
  const head = new TextDecoder("windows-1252").decode(raw.subarray(0, 400)); // a sign for each byte
  const found = KIND.exec(head);
  return found ? Number(found[1]) : null;
}

/** Checks one line; other kinds are passed over, what is no record at all is refused. */
export function checkLine(raw: Uint8Array, scope: Scope, part: Part): void {
  const kind = kindOf(raw);
  if (kind !== null && !SIGNED.includes(kind) && raw.length <= RECORD_BYTES) return;
  const quick = scope.isFast ? unsigned(raw, scope) : null;
  if (quick) return void part.rows.push(quick);
  let record: Record;
  try {
    record = readLine(raw);
  } catch (thrown) {
    return refuseUnread(raw, reasonOf(thrown), scope, part);
  }
  if (!isOurs(record, scope)) return;
  try {
    part.rows.push(row(record, scope));
  } catch (thrown) {
    part.refused.add(`${record.id} ${reasonOf(thrown)}`);
  }
}

/** The row of a signature in which all is good but the sig, which nobody asked; else null. */
function unsigned(raw: Uint8Array, scope: Scope): Row | null {
  try {
    const record = readLine(raw, true);
    return record.kind === signatures.NUMBER && isOurs(record, scope) ? row(record, scope) : null;
  } catch (thrown) {
    reasonOf(thrown);
    return null; // the whole check says why
  }
}

function row(record: Record, { panel, refusal }: Scope): Row {
  const { pubkey: author, id, created_at: at } = record;
  if (record.kind === signatures.NUMBER) {
    const { option, region, stamps } = signatures.read(record);
    if (!panel) throw new Refused(refusal);
    signatures.check(record, panel);
    return { author, option: Number(option ?? 0), id, at, kids: stamps.map(([kid16]) => kid16), region: region ?? "" };
  }
  withdrawals.read(record);
  if (!panel) throw new Refused(refusal);
  refuseTime(panel.petition, at);
  return { author, option: WITHDRAWN, id, at, kids: [], region: "" };
}

function isOurs({ kind, tags }: Pick<Record, "kind" | "tags">, { petition }: Scope): boolean {
  return SIGNED.includes(kind) && tags.some((tag) => tag.length === 2 && tag[0] === "e" && tag[1] === petition);
}

function refuseUnread(raw: Uint8Array, reason: string, scope: Scope, part: Part): void {
  const ofLine = bytesToHex(sha256(raw));
  if (reason === "too-large" || reason === "bad-form") return void part.refused.add(`${ofLine} ${reason}`);
  const told = JSON.parse(new TextDecoder().decode(raw)) as Record; // its form is right
  // many bad sigs under one id are one record; a wrong id says nothing
  if (isOurs(told, scope)) part.refused.add(`${reason === "bad-sig" ? told.id : ofLine} ${reason}`);
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof Refused) return thrown.reason;
  throw thrown;
}
