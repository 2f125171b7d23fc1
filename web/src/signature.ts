/** signature: one person's support, signed by a one-time key that q groups stamped blindly. */
import { PANEL } from "./limits";
import type { Tag } from "./nip01";
import { refuseTime, type Panel } from "./panel";
import type { Record } from "./record";
import { Refused } from "./refused";
import * as stamps from "./stamps";
import { fromBase64, toBase64 } from "./strict";
import { readId } from "./tags";

export const NUMBER = 3971;

export interface Choice {
  readonly option?: string;
  readonly region?: string;
}

export interface Signature extends Choice {
  readonly petition: string;
  readonly stamps: readonly (readonly [string, Uint8Array])[];
}

/** The tags of a signature; stamps are by kid16 and are put in their order. */
export function tagsOf(petition: string, choice: Choice, found: ReadonlyMap<string, Uint8Array>): Tag[] {
  const ordered = [...found].sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    ["e", petition],
    ...(choice.option ? [["option", choice.option]] : []),
    ...(choice.region ? [["region", choice.region]] : []),
    ...ordered.map(([kid16, stamp]) => ["stamp", kid16, toBase64(stamp)]),
  ];
}

/** Reads a signature; `bad-tags`, `bad-stamp-form`, `bad-content`, in this order. */
export function read(record: Record): Signature {
  const [first, ...rest] = record.tags;
  if (first?.[0] !== "e" || first.length !== 2) throw new Refused("bad-tags");
  const petition = readId(first[1]);
  const option = optional(rest, "option", /^([1-9]|1[0-2])$/);
  const region = optional(rest, "region", /^[a-z0-9-]{1,16}$/);
  if (!rest.every((tag) => tag[0] === "stamp" && tag.length === 3)) throw new Refused("bad-tags");
  const found = rest.map(([, kid16 = "", text]): readonly [string, Uint8Array] => {
    const stamp = fromBase64(text, 256);
    if (stamp === null) throw new Refused("bad-stamp-form");
    return [kid16, stamp];
  });
  const isAscending = found.every(([kid16], i) => i === 0 || (found[i - 1]?.[0] ?? "") < kid16);
  if (found.length < 1 || found.length > PANEL || !isAscending) throw new Refused("bad-stamp-form");
  if (!found.every(([kid16]) => /^[0-9a-f]{16}$/.test(kid16))) throw new Refused("bad-stamp-form");
  if (record.content !== "") throw new Refused("bad-content");
  return { petition, ...(option && { option }), ...(region && { region }), stamps: found };
}

/** Checks a signature against a panel that stands; the first reason that fits. */
export function check(record: Record, { petition, seats }: Panel): void {
  const signed = read(record);
  if (signed.petition !== petition.id) throw new Refused("unknown-petition");
  refuseTime(petition, record.created_at);
  const offers = (pairs: readonly (readonly [string, string])[], one?: string): boolean =>
    pairs.some(([name]) => name === one);
  const isPoll = petition.options.length > 0;
  if (isPoll ? !offers(petition.options, signed.option) : signed.option) throw new Refused("bad-option");
  if (signed.region && !offers(petition.regions, signed.region)) throw new Refused("bad-region");
  if (signed.stamps.length !== petition.q) throw new Refused("no-quorum");
  const stamped = signed.stamps.map(([kid16, stamp]) => {
    const seat = seats.find((one) => one.key.kid.slice(0, 16) === kid16);
    if (seat === undefined) throw new Refused("unknown-stamp-key");
    return { key: seat.key, stamp };
  });
  for (const { key, stamp } of stamped) {
    const message = stamps.tokenInput(petition.id, record.pubkey, key.kid);
    if (!stamps.verifies(key.modulus, message, stamp, 48)) throw new Refused("bad-stamp");
  }
}

function optional(rest: Tag[], name: string, form: RegExp): string | undefined {
  if (rest[0]?.[0] !== name) return undefined;
  const tag = rest.shift();
  if (tag?.length !== 2 || !form.test(tag[1] ?? "")) throw new Refused("bad-tags");
  return tag[1];
}
