/** petition: a group asks; the panel that may stamp, dates and options are part of the ask. */
import {
  BASIS_TEXT, LABEL, OPTIONS, PANEL, PETITION_SPAN, PETITION_TEXT, REGIONS, REGION_LABEL,
  REGION_WINDOW, TITLE, WINDOWS, WINDOW_MIN,
} from "./limits";
import type { Tag } from "./nip01";
import type { Record } from "./record";
import { Refused } from "./refused";
import { readId, readNumber, readText } from "./tags";

export const NUMBER = 3970;
const NAMES = ["g", "charter", "title", "lang", "basis", "open", "close", "window", "q"];

export type Pair = readonly [string, string];

export interface Petition {
  readonly id: string;
  readonly author: string;
  readonly group: string;
  readonly charter: string;
  readonly title: string;
  readonly lang: string;
  readonly text: string;
  readonly open: number;
  readonly close: number;
  readonly window: number;
  readonly q: number;
  /** Group and kid of each place. */
  readonly panel: readonly Pair[];
  readonly options: readonly Pair[];
  readonly regions: readonly Pair[];
}

/** Reads a petition; the first reason that fits, in the order of the page. */
export function read(record: Record): Petition {
  const head = record.tags.slice(0, NAMES.length);
  const isHead = NAMES.every((name, i) => head[i]?.[0] === name && head[i]?.length === (i === 4 ? 3 : 2));
  if (!isHead || head[4]?.[1] !== "voucher") throw new Refused("bad-tags");
  const [group, charter, title, lang, , open, close, window, q] = head.map((tag) => tag[1] ?? "") as
    [string, string, string, string, string, string, string, string, string];
  const rest = [...record.tags.slice(NAMES.length)];
  const panel = taken(rest, "panel");
  const options = taken(rest, "option");
  const regions = taken(rest, "region");
  const isChoice = (pairs: readonly Pair[], most: number): boolean =>
    pairs.length === 0 || (pairs.length > 1 && pairs.length <= most);
  if (rest.length > 0 || panel.length < 1 || panel.length > PANEL) throw new Refused("bad-tags");
  if (!isChoice(options, OPTIONS) || !isChoice(regions, REGIONS)) throw new Refused("bad-tags");
  panel.forEach((pair) => pair.forEach(readId));
  readId(group);
  readId(charter);
  if (!/^[a-z]{2}$/.test(lang)) throw new Refused("bad-tags");
  readText(title, TITLE);
  readText(head[4]?.[2] ?? "", BASIS_TEXT);
  readText(record.content, PETITION_TEXT);
  const asked: Petition = {
    id: record.id, author: record.pubkey, group, charter, title, lang, text: record.content,
    open: readNumber(open), close: readNumber(close), window: readNumber(window), q: readNumber(q),
    panel, options, regions,
  };
  refuseTimes(asked);
  refusePanel(asked);
  if (options.some(([name], i) => name !== String(i + 1))) throw new Refused("bad-options");
  readLabels(options, LABEL, "bad-options");
  const codes = regions.map(([code]) => code);
  const isAscending = codes.every((code, i) => i === 0 || (codes[i - 1] ?? "") < code);
  if (!isAscending || !codes.every((code) => /^[a-z0-9-]{1,16}$/.test(code))) {
    throw new Refused("bad-regions");
  }
  readLabels(regions, REGION_LABEL, "bad-regions");
  return asked;
}

function taken(rest: Tag[], name: string): Pair[] {
  const found: Pair[] = [];
  for (let tag = rest[0]; tag?.[0] === name && tag.length === 3; tag = rest[0]) {
    found.push([tag[1] ?? "", tag[2] ?? ""]);
    rest.shift();
  }
  return found;
}

function refuseTimes({ open, close, window, options, regions }: Petition): void {
  const span = close - open;
  if (
    !(WINDOW_MIN <= window && window <= span && span <= PETITION_SPAN) ||
    span % window !== 0 ||
    span / window > WINDOWS ||
    (options.length > 0 && window !== span) ||
    (regions.length > 0 && window < REGION_WINDOW)
  ) {
    throw new Refused("bad-times");
  }
}

function refusePanel({ panel, q }: Petition): void {
  if (!["1,1", "2,2", "3,2"].includes(`${panel.length},${q}`)) throw new Refused("bad-quorum");
  const groups = new Set(panel.map(([group]) => group));
  const shown = new Set(panel.map(([, kid]) => kid.slice(0, 4)));
  if (groups.size < panel.length || shown.size < panel.length) throw new Refused("bad-panel");
}

function readLabels(pairs: readonly Pair[], most: number, reason: string): void {
  try {
    pairs.forEach(([, label]) => readText(label, most));
  } catch {
    throw new Refused(reason); // the same text, but the page names what it belongs to
  }
}
