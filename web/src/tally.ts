/** Tally: the signatures and withdrawals of one petition as rows, and what they add up to. */
import type { ListFile } from "./listfile";

export const WITHDRAWN = 255;

/** One signature; of a withdrawal there are author, id and time. Option 0: none is offered. */
export interface Row {
  readonly author: string;
  readonly option: number;
  readonly id: string;
  readonly at: number;
  /** The first 16 digits of each key's hash. */
  readonly kids: readonly string[];
  readonly region: string;
}

/** What one usable closing list holds. */
export interface Listing {
  readonly author: string;
  readonly group: string;
  readonly signed: ListFile;
  readonly withdrawn: ListFile;
}

/** What a total needs to know beside the rows. */
export interface Frame {
  readonly q: number;
  /** Of each panel key, in panel order. */
  readonly kids: readonly string[];
  readonly bounds: readonly number[];
  readonly listings: readonly Listing[];
  readonly isClosed: boolean;
}

export type Numbers = Map<string, number>;

/** What a tally adds up to; each person is in exactly one of five boxes. */
export class Total {
  counted = 0;
  withdrawn = 0;
  twoChoices = 0;
  setAside = 0;
  late = 0;
  rows = 0;
  folded = 0;
  /** Withdrawals without a signature. */
  strays = 0;
  readonly options: Numbers = new Map();
  readonly windows: Numbers = new Map();
  readonly regions: Numbers = new Map();
  readonly quorums: Numbers = new Map();
  /** All people of a quorum. */
  readonly crowds: Numbers = new Map();
  /** People not late, by kid. */
  readonly used: Numbers = new Map();
  /** Of the signatures in use, by list's author. */
  readonly listed: Numbers = new Map();

  get people(): number {
    return this.counted + this.withdrawn + this.twoChoices + this.setAside + this.late;
  }
}

/** The set of rows of one petition, each once. */
export class Tally {
  private readonly people: readonly (readonly Row[])[];

  constructor(rows: Iterable<Row>) {
    const byAuthor = new Map<string, Map<string, Row>>();
    for (const row of rows) {
      const own = byAuthor.get(row.author) ?? new Map<string, Row>();
      byAuthor.set(row.author, own.set(row.id, row));
    }
    this.people = [...byAuthor.values()].map((own) =>
      [...own.values()].sort((one, other) => one.option - other.option || (one.id < other.id ? -1 : 1)),
    );
  }

  ids(): Set<string> {
    return new Set(this.people.flatMap((rows) => rows.map((row) => row.id)));
  }

  /** The ids of all signatures whose author has several records. */
  repeated(): Set<string> {
    const several = this.people.filter((rows) => rows.length > 1);
    return new Set(several.flatMap((rows) => rows.filter((row) => row.option !== WITHDRAWN).map((row) => row.id)));
  }

  /** Puts each person into one box and adds up. */
  total(frame: Frame): Total {
    const total = new Total();
    for (const rows of this.people) take(total, rows, frame);
    const excess = frame.kids.map((kid, i) => Math.max(0, (total.used.get(kid) ?? 0) - (frame.bounds[i] ?? 0)));
    // each person who leaves frees q groups of one stamp: so many must leave at least
    const sum = excess.reduce((all, one) => all + one, 0);
    total.setAside = Math.min(Math.max(...excess, Math.ceil(sum / frame.q)), total.counted);
    total.counted -= total.setAside;
    return total;
  }
}

function take(total: Total, rows: readonly Row[], frame: Frame): void {
  total.rows += rows.length;
  const support = rows.filter((row) => row.option !== WITHDRAWN);
  const leaving = rows.slice(support.length);
  const [first] = support;
  if (!first) {
    total.strays += leaving.length;
    return;
  }
  more(total.crowds, first.kids.join("+"));
  const standing = support.filter((row, i) => support[i - 1]?.option !== row.option);
  total.folded += standing.length;
  for (const { author, signed } of frame.listings) {
    for (const row of standing) if (signed.has(row.id)) more(total.listed, author);
  }
  if (frame.isClosed && isLate(support, frame)) {
    total.late += 1;
    return;
  }
  for (const kid of new Set(standing.flatMap((row) => row.kids))) more(total.used, kid);
  if (standing.length > 1) total.twoChoices += 1;
  else if (leaving.length > 0 && (!frame.isClosed || isListed(leaving, frame))) total.withdrawn += 1;
  else count(total, first);
}

function count(total: Total, row: Row): void {
  total.counted += 1;
  more(total.quorums, row.kids.join("+"));
  more(total.windows, String(row.at));
  more(total.regions, row.region);
  if (row.option > 0) more(total.options, String(row.option));
}

function isLate(rows: readonly Row[], { listings, q }: Frame): boolean {
  const holding = listings.filter(({ signed }) => rows.some((row) => signed.has(row.id)));
  return new Set(holding.map(({ group }) => group)).size < q;
}

function isListed(rows: readonly Row[], { listings }: Frame): boolean {
  return listings.some(({ withdrawn }) => rows.some((row) => withdrawn.has(row.id)));
}

function more(numbers: Numbers, key: string): void {
  numbers.set(key, (numbers.get(key) ?? 0) + 1);
}
