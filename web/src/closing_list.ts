/** closing list: what a desk or a node held at closing, so that nothing enters the count later. */
import type { Acceptance } from "./acceptance";
import type { Charter } from "./charter";
import { PANEL } from "./limits";
import type { Record } from "./record";
import { Refused } from "./refused";
import { readId, readNumber } from "./tags";

export const NUMBER = 3975;
const HEAD = ["g 2", "e 2", "count 3", "withdrawn 3"];

export interface ClosingList {
  readonly id: string;
  readonly author: string;
  readonly at: number;
  readonly group: string;
  readonly petition: string;
  readonly count: number;
  readonly sum: string;
  readonly withdrawn: number;
  readonly withdrawnSum: string;
  readonly counters: readonly string[];
}

/** Reads a closing list; `bad-tags`, `bad-content`, `bad-number`, in this order. */
export function read(record: Record): ClosingList {
  const { tags } = record;
  const isHead = HEAD.every((one, i) => `${tags[i]?.[0] ?? ""} ${tags[i]?.length ?? 0}` === one);
  if (!isHead) throw new Refused("bad-tags");
  const group = readId(tags[0]?.[1]);
  const petition = readId(tags[1]?.[1]);
  const sum = readId(tags[2]?.[2]);
  const withdrawnSum = readId(tags[3]?.[2]);
  const rest = tags.slice(HEAD.length);
  if (!rest.every((tag) => tag[0] === "counter" && tag.length === 2)) throw new Refused("bad-tags");
  const counters = rest.map((tag) => readId(tag[1]));
  const isAscending = counters.every((id, i) => i === 0 || (counters[i - 1] ?? "") < id);
  if (counters.length > PANEL || !isAscending) throw new Refused("bad-tags");
  if (record.content !== "") throw new Refused("bad-content");
  return {
    id: record.id, author: record.pubkey, at: record.created_at, group, petition, sum, withdrawnSum, counters,
    count: readNumber(tags[2]?.[1] ?? ""), withdrawn: readNumber(tags[3]?.[1] ?? ""),
  };
}

/** Tells whether its author may write it: desks, and nodes of the charters that were named. */
export function mayList(
  { author, group }: ClosingList,
  said: readonly Acceptance[],
  charters: readonly Charter[],
): boolean {
  return (
    said.some((one) => one.group === group && one.stamping === author) ||
    charters.some((one) => one.group === group && one.nodes.some(([, key]) => key === author))
  );
}
