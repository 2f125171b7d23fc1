/** Seal: a text that only the holders of some identities can open; places nobody needs look alike. */
import { randomBytes } from "@noble/hashes/utils.js";
import { Encrypter } from "age-encryption";
import { BadKey, CurveRecipient, kindOf, newIdentity, recipientOf, type Sort } from "./recipients";

/** Tells whether this browser has what sealing needs; one that has not must say so and send nothing. */
export function canSeal(): boolean {
  return typeof TransformStream !== "undefined" && typeof ReadableStream !== "undefined";
}

/** Seals a text to its recipients and, up to so many places, to nobody. */
export async function seal(
  plain: Uint8Array,
  recipients: readonly string[],
  places = recipients.length,
): Promise<Uint8Array> {
  const sorts = new Set(recipients.map(kindOf));
  const [sort] = sorts;
  const fits = new Set(recipients).size === recipients.length && recipients.length <= places;
  if (sorts.size !== 1 || !sort || !fits) {
    throw new BadKey("recipients of one kind, each once, at most as many as there are places");
  }
  const stand = [...recipients];
  while (stand.length < places) stand.push(await nobody(sort));
  const encrypter = new Encrypter();
  for (const one of shuffled(stand)) {
    encrypter.addRecipient(sort === "x25519" ? new CurveRecipient(one) : one);
  }
  return encrypter.encrypt(plain);
}

function nobody(sort: Sort): Promise<string> {
  return recipientOf(newIdentity(sort)); // the identity is dropped here
}

/** Fisher and Yates, with numbers of the system's generator. */
function shuffled<One>(row: readonly One[]): One[] {
  const found = [...row];
  for (let last = found.length - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    [found[last], found[other]] = [found[other] as One, found[last] as One];
  }
  return found;
}

/** A number from 0, all alike: what would favour the first ones is drawn again. */
function below(limit: number): number {
  const most = 256 - (256 % limit);
  for (;;) {
    const [drawn = most] = randomBytes(1);
    if (drawn < most) return drawn % limit;
  }
}
