/** Caseworker: one whom a charter names to read families' reports, and her word that she agrees. */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import * as bech32 from "./bech32";
import * as keys from "./keys";
import { CASEWORKERS } from "./limits";
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
  tags.forEach(readOne);
  const readWith = tags.flatMap(([, recipient = "", , custodian = ""]) =>
    custodian ? [recipient, custodian] : [recipient],
  );
  const named = tags.map(([key]) => key);
  if ([named, readWith].some((all) => new Set(all).size < all.length)) throw new Refused("bad-tags");
}

function readOne([key, recipient = "", role = "", custodian = "", proof = ""]: Tag): void {
  if (!ROLES.includes(role)) throw new Refused("bad-tags");
  const author = readKey(key);
  for (const one of custodian ? [recipient, custodian] : [recipient]) {
    if (bech32.read("age", one)?.length !== RECIPIENT_BYTES) throw new Refused("bad-recipient");
  }
  const said = utf8ToBytes(`${recipient}\0${role}\0${custodian}`);
  const digest = sha256(concatBytes(CONSENT, CONSENT, said));
  if (!isHex(proof, 64) || !keys.verifies(author, digest, proof)) throw new Refused("bad-proof");
}
