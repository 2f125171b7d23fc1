/** Proof: one file from which anybody can tell, offline, who signed a post. */
import * as charters from "./charter";
import * as cosigns from "./cosign";
import { PROOF_BYTES } from "./limits";
import type { Tag } from "./nip01";
import * as posts from "./post";
import type { Post } from "./post";
import * as records from "./record";
import type { Record } from "./record";
import { Refused } from "./refused";
import { Standing } from "./standing";

export interface Proof {
  readonly post: Post;
  readonly group: string;
  /** As the charter says it under which the post was written. */
  readonly name: string;
  readonly signed: number;
  readonly organisers: number;
  readonly k: number;
  /** As far as this file goes. */
  readonly isOfficial: boolean;
  /** The file has a later charter. */
  readonly isReplaced: boolean;
  readonly isSplit: boolean;
  /** By that charter: the keys of those who read families' reports. */
  readonly readers: readonly string[];
}

/** Tells whether a file means to be a proof; whether it is one, `readProof` tells. */
export function isProof(text: string): boolean {
  return /^\s*\{\s*"(?:proof|records)"\s*:/.test(text);
}

/** Reads a file and judges it by itself, believing nobody. */
export function readProof(text: string): Proof {
  if (text.length > PROOF_BYTES) throw new Refused("too-large");
  const [asked, given] = parsed(text);
  const all = given.map(records.check);
  const of = (number: number): Record[] => all.filter((one) => one.kind === number);
  const known = [charters.NUMBER, cosigns.NUMBER, posts.NUMBER];
  if (all.some((one) => !known.includes(one.kind))) throw new Refused("bad-form");
  const laws = of(charters.NUMBER).map(charters.read);
  const said = of(posts.NUMBER).map(posts.read);
  const standing = new Standing({ charters: laws, cosigns: of(cosigns.NUMBER).map(cosigns.read), said });
  const post = said.find((one) => one.record === asked);
  if (!post) throw new Refused("bad-form");
  const law = laws.find((one) => one.id === post.charter);
  if (!law) throw new Refused("unknown-charter");
  const office = standing.inOffice(law.id);
  const heads = standing.heads(post.group);
  return {
    post,
    group: post.group,
    name: law.name,
    signed: [...standing.signers(asked)].filter((key) => office.has(key)).length,
    organisers: law.organisers.length,
    k: law.k,
    isOfficial: standing.isOfficial(asked),
    isReplaced: !heads.includes(law.id),
    isSplit: heads.length > 1,
    readers: readersOf(all.find((one) => one.id === law.id)?.tags ?? []),
  };
}

function readersOf(tags: readonly Tag[]): string[] {
  return tags.filter(([name, , , role]) => name === "caseworker" && role === "intake").map(([, key = ""]) => key);
}

function parsed(text: string): [string, unknown[]] {
  let found: { proof?: unknown; records?: unknown };
  try {
    found = JSON.parse(text) as typeof found;
  } catch {
    throw new Refused("bad-form");
  }
  const isShaped = typeof found === "object" && found !== null && Object.keys(found).sort().join() === "proof,records";
  if (!isShaped || typeof found.proof !== "string" || !Array.isArray(found.records)) {
    throw new Refused("bad-form");
  }
  return [found.proof, found.records];
}
