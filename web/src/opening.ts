/** Opening: from an envelope to what its writer said. Whether she may say it is asked after. */
import { contentOf, joined } from "./blobs";
import { Drawer, read, type Body } from "./body";
import type { Record } from "./record";
import type { File } from "./said";
import * as sealed from "./sealed";
import { unseal } from "./unseal";

/** Opens an envelope; null when it was sealed to others. A `Drawer` is thrown as at a desk. */
export async function openBody(record: Record, identity: string): Promise<Body | null> {
  const { place, sealed: file } = sealed.read(record);
  const plain = await unseal(file, identity);
  return plain === null ? null : read(plain, place);
}

/** The newest of these answers that is one, among the records of a shard: by a caseworker of its charter. */
export async function openReply(
  shard: readonly Record[],
  answers: readonly string[],
  identities: readonly string[],
  named: ReadonlyMap<string, readonly string[]>,
): Promise<Body | null> {
  const found = shard.map((record) => ({ record, place: sealed.read(record).place }));
  for (const slot of answers) {
    for (const { record, place } of found.filter((one) => one.place.s === slot)) {
      for (const identity of identities) {
        try {
          const body = await openBody(record, identity);
          if (body?.said.t === "reply" && named.get(place.charter)?.includes(body.by)) return body;
        } catch (thrown) {
          if (!(thrown instanceof Drawer)) throw thrown; // somebody else's use of the same slot
        }
      }
    }
  }
  return null;
}

/** Opens a file that a body names, from its list and its chunks; null when it is not that file. */
export async function openFile(
  file: File,
  hashes: Uint8Array,
  chunks: readonly Uint8Array[],
): Promise<Uint8Array | null> {
  const whole = joined(file.id, hashes, chunks);
  const plain = whole === null ? null : await unseal(whole, file.key);
  return plain === null ? null : contentOf(plain, file.size, file.sha256);
}
