/** acceptance: a group stands on a petition's panel, with this stamp key, desk and ceiling. */
import { CEILING, URL, URLS } from "./limits";
import type { Record } from "./record";
import { Refused } from "./refused";
import * as stamps from "./stamps";
import type { StampKey } from "./stamps";
import { fromBase64 } from "./strict";
import { readId, readKey, readNumber } from "./tags";

export const NUMBER = 3974;
const SPKI_BYTES = 342;
const NAMES = ["g", "charter", "e", "spki", "stamping", "vouchers"];
const NAME = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*";
const TAIL = "(?::([1-9][0-9]{0,4}))?(?:/[A-Za-z0-9._~-]+)*";
const SAFE = new RegExp(`^(?:https://${NAME}|http://[a-z2-7]{16,56}\\.onion)${TAIL}$`);
const TRIAL = new RegExp(
  `^http://(?:(?:127\\.0\\.0\\.1|localhost)(?=:)|${NAME}\\.test(?![a-z0-9.-]))${TAIL}$`,
);

export interface Acceptance {
  readonly id: string;
  readonly author: string;
  readonly group: string;
  readonly charter: string;
  readonly petition: string;
  readonly key: StampKey;
  readonly stamping: string;
  readonly ceiling: number;
  readonly urls: readonly string[];
  readonly prev: string | null;
}

/** Tells whether one may replace an earlier one: same key and desk, a ceiling no lower. */
export function continues(one: Acceptance, earlier: Acceptance): boolean {
  const isAlike = one.key.kid === earlier.key.kid && one.stamping === earlier.stamping;
  const isOfOne = one.group === earlier.group && one.petition === earlier.petition;
  return isAlike && isOfOne && one.ceiling >= earlier.ceiling;
}

/** Reads an acceptance; the first reason that fits, in the order of the page. */
export function read(record: Record): Acceptance {
  const { tags } = record;
  const isHead = NAMES.every((name, i) => tags[i]?.[0] === name && tags[i]?.length === 2);
  const more = tags.slice(NAMES.length);
  const urls: string[] = [];
  while (more[0]?.[0] === "url" && more[0].length === 2) urls.push(more.shift()?.[1] ?? "");
  const isTail = more.length === 0 || (more.length === 1 && more[0]?.[0] === "prev" && more[0].length === 2);
  if (!isHead || !isTail || urls.length < 1 || urls.length > URLS) throw new Refused("bad-tags");
  const prev = more.length === 1 ? readId(more[0]?.[1]) : null;
  const [group, charter, petition, spki, stamping, ceiling] = tags.map((tag) => tag[1] ?? "") as
    [string, string, string, string, string, string];
  [group, charter, petition].forEach(readId);
  if (record.content !== "") throw new Refused("bad-content");
  const most = readNumber(ceiling, 1, CEILING);
  const bytes = fromBase64(spki, SPKI_BYTES);
  if (bytes === null) throw new Refused("bad-spki");
  const key = stamps.stampKey(bytes);
  readKey(stamping);
  urls.forEach(readDeskUrl);
  return {
    id: record.id, author: record.pubkey, group, charter, petition, key, stamping, ceiling: most, urls, prev,
  };
}

/** Reads an address of a desk: what is not plain is not called. */
export function readDeskUrl(text: string): void {
  const found = SAFE.exec(text) ?? TRIAL.exec(text);
  if (!found || text.length > URL || Number(found[1] ?? 1) > 65_535) throw new Refused("bad-url");
}
