/** Unseal: open what was sealed to a family's own identity, or a file with the key that came with it. */
import { Decrypter } from "age-encryption";
import { CurveIdentity, readIdentity } from "./recipients";

/** Gives the text; null when it was sealed to others, was changed, or is no age file. */
export async function unseal(sealed: Uint8Array, identity: string): Promise<Uint8Array | null> {
  const { sort, seed } = readIdentity(identity);
  const decrypter = new Decrypter();
  decrypter.addIdentity(sort === "x25519" ? new CurveIdentity(seed) : identity);
  try {
    return await decrypter.decrypt(sealed);
  } catch {
    return null; // a family cannot mend either, so they are not told apart
  }
}
