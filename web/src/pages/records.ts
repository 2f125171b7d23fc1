/** Records: what a node gives of one petition, for counting: its lines, its list files, its own word. */
import * as lists from "../closing_list";
import { RECORD_BYTES } from "../limits";
import type { Files } from "../lists";
import { kindOf } from "../part";
import { readLine } from "../record";
import { Refused } from "../refused";
import { joined } from "./world";

const SILENCE = 30_000; // milliseconds: a slow line is no dead one, but a person waits
const PATIENCE = 120_000; // milliseconds; after these a piece now and then is no slow line any more
const FLOOR = 4; // bytes a millisecond: a quarter of a line of 128 kbit/s
const MOST = 64 * 2 ** 20; // bytes: fifty thousand signatures; what is checked lies here four times over
const LISTS = 200; // closing lists: forty of each group that a petition can have
const LINE_FEED = 10;

/** A node gives more than a phone can hold. */
export class TooMuch extends Error {}

/** What may come from one node. */
export const MEGABYTES = Math.floor(MOST / 1_000_000);

export interface Given {
  readonly lines: readonly Uint8Array[];
  readonly files: Files;
  /** The count that the node publishes; null where it publishes none. */
  readonly said: { readonly [field: string]: unknown } | null;
}

/** Fetches all of it from a node, whose address ends in a slash; null when it does not answer. Throws TooMuch. */
export async function given(node: string, petition: string, loaded: (bytes: number) => void): Promise<Given | null> {
  const way = `${node}petition/${petition}/`;
  let size = 0;
  const counted = (more: number): void => {
    size += more;
    if (size > MOST) throw new TooMuch();
    loaded(more);
  };
  const sheet = await fetched(`${way}sheet.jsonl`, counted);
  if (sheet === null) return null;
  const lines = split(sheet);
  const files = new Map<string, Uint8Array>();
  for (const sum of sums(lines, petition)) {
    const file = await fetched(`${way}lists/${sum}`, counted);
    if (file !== null) files.set(sum, file);
  }
  return { lines, files, said: read(await fetched(`${way}tally.json`, counted)) };
}

/** The lines of a sheet, as the command reads them: one too long for a record comes in pieces. */
export function split(sheet: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let at = 0; at < sheet.length; ) {
    const end = sheet.indexOf(LINE_FEED, at);
    const next = Math.min(end < 0 ? sheet.length : end + 1, at + RECORD_BYTES + 2);
    const line = sheet.subarray(at, sheet[next - 1] === LINE_FEED ? next - 1 : next);
    if (line.length > 0) lines.push(line);
    at = next;
  }
  return lines;
}

/** One text for each line, by which sheets are compared. */
export function texts(lines: readonly Uint8Array[]): Map<string, Uint8Array> {
  const decoder = new TextDecoder("windows-1252"); // a sign for each byte
  return new Map(lines.map((line) => [decoder.decode(line), line]));
}

/** The sums of all files that closing lists of the petition name. */
function sums(lines: readonly Uint8Array[], petition: string): Set<string> {
  const found = new Set<string>();
  const named = lines.filter((one) => kindOf(one) === lists.NUMBER);
  if (named.length > LISTS) throw new TooMuch(); // each takes a moment to verify, and two questions
  for (const line of named) {
    try {
      const said = lists.read(readLine(line));
      if (said.petition === petition) found.add(said.sum).add(said.withdrawnSum);
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown; // the count will say so
    }
  }
  return found;
}

async function fetched(url: string, loaded: (bytes: number) => void): Promise<Uint8Array | null> {
  const stop = new AbortController();
  const begun = performance.now();
  let timer = setTimeout(() => stop.abort(), SILENCE);
  try {
    const response = await fetch(url, {
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: stop.signal,
    });
    if (response.status !== 200 || response.body === null) return null;
    const chunks: Uint8Array[] = [];
    const reader = response.body.getReader();
    for (let size = 0; ; ) {
      const { done, value } = await reader.read();
      if (done || value === undefined) return joined(chunks, size);
      chunks.push(value);
      size += value.length;
      loaded(value.length);
      if (performance.now() - begun > PATIENCE + size / FLOOR) return null;
      clearTimeout(timer);
      timer = setTimeout(() => stop.abort(), SILENCE);
    }
  } catch (thrown) {
    if (thrown instanceof TooMuch) throw thrown;
    return null; // refused, cut off, or too slow: for the person it is all one
  } finally {
    clearTimeout(timer);
    stop.abort(); // what was not read is not sent on
  }
}

function read(raw: Uint8Array | null): Given["said"] {
  try {
    const found: unknown = raw && JSON.parse(new TextDecoder().decode(raw));
    return typeof found === "object" ? (found as Given["said"]) : null;
  } catch {
    return null;
  }
}
