/** withdrawal: the holder of the one-time key takes the signature back. */
import type { Record } from "./record";
import { Refused } from "./refused";
import { readId } from "./tags";

export const NUMBER = 3972;

export function tagsOf(petition: string): string[][] {
  return [["e", petition]];
}

/** Reads which petition is left; `bad-tags`, `bad-content`, in this order. */
export function read(record: Record): string {
  const [tag, ...rest] = record.tags;
  if (tag?.[0] !== "e" || tag.length !== 2 || rest.length > 0) throw new Refused("bad-tags");
  const petition = readId(tag[1]);
  if (record.content !== "") throw new Refused("bad-content");
  return petition;
}
