/** season: the hybrid recipients of a group's caseworkers, which are too long for a charter's tag. */
import { read as readBech32 } from "./bech32";
import { namedBy } from "./caseworker";
import { RECIPIENTS_HYBRID } from "./limits";
import type { Tag } from "./nip01";
import type { Record } from "./record";
import { Refused } from "./refused";
import { readId } from "./tags";

export const NUMBER = 3964;
const PART = 900;
const BYTES = 1_216;

/** The recipients of a season, by what a charter calls each of them. */
export function read(record: Record): ReadonlyMap<string, string> {
  const [group, under, ...rest] = record.tags;
  const isShaped = group?.[0] === "g" && under?.[0] === "charter" && group.length + under.length === 4;
  if (!isShaped || rest.length < 1 || rest.length > 2 * RECIPIENTS_HYBRID) throw new Refused("bad-tags");
  readId(group[1]);
  readId(under[1]);
  const whole = rest.map(joined);
  if (record.content !== "") throw new Refused("bad-content");
  if (new Set(whole).size < whole.length) throw new Refused("bad-tags");
  if (whole.some((one) => readBech32("age1pq", one)?.length !== BYTES)) throw new Refused("bad-recipient");
  return new Map(whole.map((one) => [namedBy(one), one]));
}

function joined([name, ...parts]: Tag): string {
  const isCut = parts.length === 3 && parts.every((one, i) => (one.length === PART) === i < 2);
  if (name !== "recipient" || !isCut) throw new Refused("bad-tags");
  return parts.join("");
}
