/** cosign: one more organiser signs a record of the group. */
import type { Record } from "./record";
import { Refused } from "./refused";
import type { CosignFact } from "./standing";
import { readId } from "./tags";

export const NUMBER = 3961;
const NAMES = ["e", "g", "charter"];

export function read(record: Record): CosignFact {
  const { tags } = record;
  const isShaped = NAMES.every((name, i) => tags[i]?.[0] === name && tags[i]?.length === 2);
  if (!isShaped || tags.length !== NAMES.length) throw new Refused("bad-tags");
  const [signed, group, charter] = tags.map((tag) => readId(tag[1])) as [string, string, string];
  if (record.content !== "") throw new Refused("bad-content");
  return { record: signed, group, charter, author: record.pubkey };
}
