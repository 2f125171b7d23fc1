/** Bounds: how many people one group's stamps can stand for at most, by its desk's own word. */
import type { Acceptance } from "./acceptance";
import { isDated, type Counter } from "./counter";
import type { Footing } from "./footing";
import type { Lists } from "./lists";
import type { Papers } from "./papers";
import type { Petition } from "./petition";

/** One group's: `issued` by its final counter (null without one), and what follows from it. */
export interface Bound {
  readonly group: string;
  readonly kid: string;
  readonly ceiling: number;
  readonly issued: number | null;
  readonly bound: number;
  readonly findings: readonly string[];
}

/** A desk's counters, up to the last that follows without a gap. */
interface Chain {
  readonly links: readonly Counter[];
  readonly isForked: boolean;
}

/** The bounds of all panel groups, in panel order. */
export function bounds(papers: Papers, asked: Petition, footed: Footing, lists: Lists): Bound[] {
  return asked.panel.map(([group, kid]) => {
    const said = [...footed.accepted.values()].filter((one) => one.group === group);
    return bound(group, kid, said, papers, asked, lists);
  });
}

function bound(
  group: string,
  kid: string,
  said: readonly Acceptance[],
  papers: Papers,
  asked: Petition,
  lists: Lists,
): Bound {
  const desks = new Set(said.map((one) => one.stamping));
  const chain = desks.size === 1 ? chainOf(desks, group, papers, asked) : { links: [], isForked: false };
  const inTurn = ceilings(said, chain.links);
  const ceiling = inTurn[inTurn.length - 1] ?? 0;
  const prevs = said.map((one) => one.prev).filter((prev) => prev !== null);
  const words: string[] = [];
  if (desks.size > 1) words.push("two-desks");
  if (chain.isForked || new Set(prevs).size < prevs.length) words.push("forked");
  if (chain.links.some((link, i) => link.issued > (inTurn[i] ?? 0))) words.push("above-ceiling");
  const last = chain.links[chain.links.length - 1];
  const final = last?.isFinal ? last : null;
  let isTrusted = final !== null && words.length === 0;
  const isOpen = lists.state === "open";
  if (final === null) {
    if (!chain.isForked && !isOpen) words.push("no-final");
  } else if (!isWitnessed(final.id, group, asked, lists)) {
    isTrusted = false;
    if (!isOpen) words.push("unwitnessed");
  }
  return {
    group, kid, ceiling,
    issued: final ? final.issued : null,
    bound: final && isTrusted ? final.issued : ceiling,
    findings: words.map((word) => `${word}:${group}`),
  };
}

function isWitnessed(final: string, group: string, asked: Petition, lists: Lists): boolean {
  if (asked.panel.length === 1) return true;
  return lists.usable.some((said) => said.group !== group && said.counters.includes(final));
}

function chainOf(desks: ReadonlySet<string>, group: string, papers: Papers, asked: Petition): Chain {
  const good = [...papers.counters.values()]
    .filter((one) => desks.has(one.author) && one.group === group && isDated(one, asked))
    .sort((one, other) => one.seq - other.seq || (one.id < other.id ? -1 : 1));
  if (new Set(good.map((one) => one.seq)).size < good.length) return { links: [], isForked: true };
  const links: Counter[] = [];
  for (const link of good) {
    const before = links[links.length - 1];
    if (link.seq !== links.length) break; // what comes after a gap may be whole elsewhere; here it proves nothing
    if (before && !follows(before, link)) return { links: [], isForked: true };
    links.push(link);
  }
  return { links, isForked: false };
}

function follows(before: Counter, link: Counter): boolean {
  return link.prev === before.id && link.at > before.at && link.issued >= before.issued && !before.isFinal;
}

/** The ceiling for each counter and, last, for what follows them; as the Python twin says why. */
function ceilings(said: readonly Acceptance[], links: readonly Counter[]): number[] {
  const byId = new Map(said.map((one) => [one.id, one]));
  const first = links[0]?.acceptances.find((one) => byId.has(one));
  let named = first === undefined ? undefined : byId.get(first);
  let current = named?.ceiling ?? Math.min(...said.filter((one) => one.prev === null).map((one) => one.ceiling));
  const found: number[] = [];
  for (const link of links) {
    found.push(current);
    for (const id of link.acceptances) {
      const next = byId.get(id);
      const rivals = said.filter((one) => one.prev !== null && one.prev === named?.id);
      if (!next || !named || next.prev !== named.id || rivals.length !== 1) continue;
      named = next;
      current = next.ceiling;
    }
  }
  return [...found, current];
}
