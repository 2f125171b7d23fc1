/** The one text that an id covers, and the one line that a record is written as (NIP-01). */
export type Tag = readonly string[];

export function serialise(
  pubkey: string,
  createdAt: number,
  kind: number,
  tags: readonly Tag[],
  content: string,
): string {
  return JSON.stringify([0, pubkey, createdAt, kind, tags, content]);
}
