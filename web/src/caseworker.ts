/** Caseworker: one whom a charter names to read families' reports, and her word that she agrees. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import * as bech32 from "./bech32";
import * as keys from "./keys";
import { CASEWORKERS, RECIPIENTS_HYBRID } from "./limits";
import type { Tag } from "./nip01";
import { Refused } from "./refused";
import { isHex } from "./strict";
import { readKey } from "./tags";

const ROLES = ["intake", "worker"];
const RECIPIENT_BYTES = 32;
const CONSENT = sha256(utf8ToBytes("wayhome/caseworker/1"));

/** Refuses what does not name caseworkers who agreed to it; each tag without its name. */
export function refuseUnproved(tags: readonly Tag[]): void {
  if (tags.length > CASEWORKERS || new Set(tags.map((tag) => JSON.stringify(tag))).size < tags.length) {
    throw new Refused("bad-tags");
  }
  const sorts = new Set(tags.map(readOne));
  const readWith = tags.flatMap(([, recipient = "", , custodian = ""]) =>
    custodian ? [recipient, custodian] : [recipient],
  );
  const named = tags.map(([key]) => key);
  if ([named, readWith].some((all) => new Set(all).size < all.length)) throw new Refused("bad-tags");
  if (sorts.size > 1) throw new Refused("bad-recipient");
  if (sorts.has(true) && tags.length > RECIPIENTS_HYBRID) throw new Refused("bad-tags");
}

/** What a charter says of a recipient: itself, or the SHA-256 of one that is too long. */
export function namedBy(recipient: string): string {
  return recipient.startsWith("age1pq1") ? bytesToHex(sha256(utf8ToBytes(recipient))) : recipient;
}

/** Reads one; tells whether her recipients are hybrid ones, which a charter names by their sums. */
function readOne([key, recipient = "", role = "", custodian = "", proof = ""]: Tag): boolean {
  if (!ROLES.includes(role)) throw new Refused("bad-tags");
  const author = readKey(key);
  const isSum = isHex(recipient, 32);
  for (const one of custodian ? [recipient, custodian] : [recipient]) {
    const isOne = isHex(one, 32) || bech32.read("age", one)?.length === RECIPIENT_BYTES;
    if (!isOne || isHex(one, 32) !== isSum) throw new Refused("bad-recipient");
  }
  const said = utf8ToBytes(`${recipient}\0${role}\0${custodian}`);
  const digest = sha256(concatBytes(CONSENT, CONSENT, said));
  if (!isHex(proof, 64) || !keys.verifies(author, digest, proof)) throw new Refused("bad-proof");
  return isSum;
}
