/** charter: a group's founding record, or the amendment that replaces one. */
import * as caseworkers from "./caseworker";
import { NAME, NODES, ORGANISERS, RECORD_TAGS, URL } from "./limits";
import type { Tag } from "./nip01";
import type { Record } from "./record";
import { Refused } from "./refused";
import type { CharterFact } from "./standing";
import { readId, readKey, readNumber, readText } from "./tags";

export const NUMBER = 3960;
const LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const NODE = new RegExp(
  `^(?:https?|wss?)://${LABEL}(?:\\.${LABEL})*(?::([1-9][0-9]{0,4}))?(?:/[A-Za-z0-9._~-]+)*$`,
);
const REGION = /^[A-Za-z0-9-]{1,16}$/;

export interface Charter extends CharterFact {
  readonly name: string;
  /** Address and key of each. */
  readonly nodes: readonly (readonly [string, string])[];
}

/** Reads a charter; of caseworkers it is asked whether they agreed. */
export function read(record: Record): Charter {
  const rest = [...record.tags];
  const groups = taken(rest, "g", 1);
  const prev = taken(rest, "prev", 1).map(([id]) => readId(id));
  const isLine = groups.length <= 1 && groups.length > 0 === prev.length > 0 && prev.length <= 2;
  if (!isLine || !isAscending(prev)) throw new Refused("bad-tags");
  const group = groups[0] ? readId(groups[0][0]) : record.id;
  const [names, ks] = [taken(rest, "name", 1), taken(rest, "k", 1)];
  const organisers = taken(rest, "organiser", 1).map(([key]) => readKey(key));
  const languages = taken(rest, "lang", 1).map(([code]) => code ?? "");
  const regions = taken(rest, "region", 1).map(([code]) => code ?? "");
  const nodes = taken(rest, "node", 2).map(([url = "", key = ""]): [string, string] => [url, key]);
  const readers = taken(rest, "caseworker", 5);
  const sealed = taken(rest, "sealed", 1).map(([id]) => readId(id));
  if (rest.length > 0 || (sealed.length > 0 && prev.length === 0)) throw new Refused("bad-tags");
  if (record.content !== "") throw new Refused("bad-content");
  bounded(organisers, 1, ORGANISERS);
  bounded(names, 1, 1);
  bounded(ks, 1, 1);
  bounded(languages, 1, 4);
  bounded(regions, 0, 3);
  bounded(nodes.map((node) => node.join(" ")), 0, NODES);
  bounded(sealed, 0, RECORD_TAGS);
  if (!languages.every((code) => /^[a-z]{2}$/.test(code))) throw new Refused("bad-tags");
  if (!regions.every((code) => REGION.test(code))) throw new Refused("bad-tags");
  nodes.forEach(([url, key]) => readNode(url, key));
  caseworkers.refuseUnproved(readers);
  const name = names[0]?.[0] ?? "";
  readText(name, NAME);
  const k = readNumber(ks[0]?.[0] ?? "", 1, organisers.length);
  if (prev.length === 0 && !organisers.includes(record.pubkey)) throw new Refused("unknown-author");
  return { id: record.id, group, author: record.pubkey, name, k, organisers, prev, sealed, nodes };
}

/** Takes the leading tags of a name out of `rest`; their items after the name. */
function taken(rest: Tag[], name: string, size: number): Tag[] {
  const found: Tag[] = [];
  for (let tag = rest[0]; tag?.[0] === name; tag = rest[0]) {
    if (tag.length !== size + 1) throw new Refused("bad-tags");
    found.push(tag.slice(1));
    rest.shift();
  }
  return found;
}

function bounded(found: readonly unknown[], least: number, most: number): void {
  const isWithin = found.length >= least && found.length <= most;
  if (!isWithin || new Set(found).size < found.length) throw new Refused("bad-tags");
}

function isAscending(ids: readonly string[]): boolean {
  return ids.every((id, i) => i === 0 || (ids[i - 1] ?? "") < id);
}

function readNode(url: string, key: string): void {
  readKey(key);
  const found = NODE.exec(url);
  if (!found || url.length > URL || Number(found[1] ?? 1) > 65_535) throw new Refused("bad-url");
}
