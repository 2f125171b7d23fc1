/** counter: a stamping desk says how many stamps it has given so far, in a chain. */
import { CEILING, PANEL, WINDOWS } from "./limits";
import type { Petition } from "./petition";
import type { Record } from "./record";
import { Refused } from "./refused";
import { readId, readNumber } from "./tags";

export const NUMBER = 3973;
const NAMES = ["g", "e", "n", "issued"];

/** Counter 0 names every panel group's acceptance; a later one may name its own group's successor. */
export interface Counter {
  readonly id: string;
  readonly author: string;
  readonly at: number;
  readonly group: string;
  readonly petition: string;
  readonly seq: number;
  readonly issued: number;
  readonly acceptances: readonly string[];
  readonly prev: string | null;
  readonly isFinal: boolean;
}

/** Reads a counter; `bad-tags`, `bad-content`, `bad-number`, in this order. */
export function read(record: Record): Counter {
  const { tags } = record;
  const isHead = NAMES.every((name, i) => tags[i]?.[0] === name && tags[i]?.length === 2);
  if (!isHead) throw new Refused("bad-tags");
  const [group, petition, seq, issued] = tags.map((tag) => tag[1] ?? "") as [string, string, string, string];
  readId(group);
  readId(petition);
  const rest = tags.slice(NAMES.length);
  const last = rest[rest.length - 1];
  const isFinal = last?.[0] === "final" && last.length === 1;
  if (isFinal) rest.pop();
  const isFirst = seq === "0";
  let prev: string | null = null;
  if (!isFirst) {
    const before = rest.shift();
    if (before?.[0] !== "prev" || before.length !== 2) throw new Refused("bad-tags");
    prev = readId(before[1]);
  }
  const isNamed = rest.every((tag) => tag[0] === "acceptance" && tag.length === 2);
  const [least, most] = isFirst ? [1, PANEL] : [0, 1];
  if (!isNamed || rest.length < least || rest.length > most) throw new Refused("bad-tags");
  const acceptances = rest.map((tag) => readId(tag[1]));
  if (record.content !== "") throw new Refused("bad-content");
  return {
    id: record.id, author: record.pubkey, at: record.created_at, group, petition,
    seq: readNumber(seq, 0, WINDOWS), issued: readNumber(issued, 0, CEILING), acceptances, prev, isFinal,
  };
}

/** Tells whether a counter is dated to a window's end, and has no number too high. */
export function isDated({ at, seq, isFinal }: Counter, { open, close, window }: Petition): boolean {
  const since = at - open;
  if (seq > (close - open) / window || at > close) return false;
  return (seq === 0 ? since === 0 : since > 0) && (isFinal || since % window === 0);
}
