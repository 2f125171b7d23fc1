/** link: a group knows another group, or no longer does. */
import type { Record } from "./record";
import { Refused } from "./refused";
import type { LinkFact, SaidFact } from "./standing";
import { readId } from "./tags";

export const NUMBER = 3962;

export interface Link extends LinkFact, SaidFact {}

/** Reads a link; `bad-tags`, `bad-content`. */
export function read({ id, pubkey, tags, content }: Record): Link {
  const named = tags.map((tag) => tag[0]).join(" ");
  const isShaped = named === "g charter link witness" || named === "g charter unlink";
  if (!isShaped || !tags.every((tag) => tag.length === 2)) throw new Refused("bad-tags");
  const [group, charter, first, witness = ""] = tags.map((tag) => readId(tag[1])) as
    [string, string, string, string?];
  if (content !== "") throw new Refused("bad-content");
  const isLink = tags.length === 4;
  if (isLink && first === group) throw new Refused("bad-tags");
  const said = { record: id, author: pubkey, group, charter };
  return { ...said, to: isLink ? first : "", witness, ends: isLink ? "" : first };
}
