/** Outcome: what a count says, from tally and papers, as one object of stable words. */
import { bounds, type Bound } from "./bounds";
import type { Footing } from "./footing";
import { lists, type Files, type Lists } from "./lists";
import type { Papers } from "./papers";
import { Total, type Numbers, type Tally } from "./tally";

const CROWD = 50; // people: fewer with one pair of stamps are a crowd too small to hide in

/** What a count rests on beside the tally. */
export interface Basis {
  readonly papers: Papers;
  readonly footing: Footing;
  readonly files: Files;
  readonly isFast: boolean;
}

type Value = string | number | null | readonly Value[] | ReadonlyMap<string, Value>;
export type Recount = ReadonlyMap<string, Value>;

const NONE: Numbers = new Map();

/** Adds up, and says it; `refused` are the signatures and withdrawals refused one by one. */
export function outcome(basis: Basis, tally: Tally, refused: Numbers): Recount {
  const { papers, footing, files, isFast } = basis;
  const { asked } = papers;
  const isCountable = footing.panel !== null && asked !== null;
  const listed: Lists = isCountable
    ? lists(papers, asked, footing, files)
    : { usable: [], listings: [], state: "not-countable", findings: [] };
  const bound = isCountable ? bounds(papers, asked, footing, listed) : [];
  const total = isCountable
    ? tally.total({
        q: asked.q,
        kids: bound.map(kid16),
        bounds: bound.map((one) => one.bound),
        listings: listed.listings,
        isClosed: listed.state === "closed",
      })
    : new Total();
  const sum = [...refused.values()].reduce((all, one) => all + one, 0);
  const strays: Numbers = total.strays > 0 ? new Map([["unknown-signature", total.strays]]) : NONE;
  const says: { [field: string]: Value } = {
    petition: papers.wanted,
    title: asked?.title ?? "",
    basis: asked ? "voucher" : "",
    q: asked?.q ?? 0,
    n: asked?.panel.length ?? 0,
    checked: isFast ? "fast" : "full",
    records: papers.ids().size + total.rows + sum,
    refused: new Map([...refused, ...strays]),
    state: listed.state,
    why: footing.why,
    findings: isCountable ? findings(footing, listed, bound, total) : [],
    people: total.people,
    counted: total.counted,
    withdrawn: total.withdrawn,
    two_choices: total.twoChoices,
    set_aside: total.setAside,
    late: total.late,
    options: total.options,
    windows: isFast ? NONE : total.windows,
    regions: isFast || asked?.regions.length === 0 ? NONE : total.regions,
    quorums: total.quorums,
    groups: bound.map((one) => groupLine(one, total)),
    lists: listed.usable.map((said) => {
      const shared = total.listed.get(said.author) ?? 0;
      const { author, group, count } = said;
      return mapped({ author, group, count, sum: said.sum, missing: total.folded - shared, extra: count - shared });
    }),
  };
  return mapped(says);
}

/** One object, keys sorted, no spaces: the same bytes for the same set of records. */
export function json(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(json).join()}]`;
  if (!(value instanceof Map)) return JSON.stringify(value);
  // an object of the language would put numbers first and in another order
  const fields = [...(value as Recount)].sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([key, one]) => `${JSON.stringify(key)}:${json(one)}`).join()}}`;
}

function mapped(object: { readonly [field: string]: Value }): Recount {
  return new Map(Object.keys(object).map((key) => [key, object[key] ?? null]));
}

function kid16(bound: Bound): string {
  return bound.kid.slice(0, 16);
}

function findings(footing: Footing, listed: Lists, bound: readonly Bound[], total: Total): string[] {
  const over = bound.filter((one) => (total.used.get(kid16(one)) ?? 0) > one.bound);
  const small = [...total.crowds].filter(([, people]) => people < CROWD);
  const found = new Set([
    ...footing.findings,
    ...listed.findings,
    ...bound.flatMap((one) => one.findings),
    ...over.map((one) => `over:${one.group}`),
    ...small.map(([kids]) => `small-quorum:${kids}`),
  ]);
  return [...found].sort();
}

function groupLine(one: Bound, total: Total): Recount {
  const { group, kid, ceiling, issued, bound } = one;
  const used = total.used.get(kid16(one)) ?? 0;
  return mapped({ group, kid, ceiling, issued, bound, used, slack: bound - used });
}
