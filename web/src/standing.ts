/** Standing: who is in office, what is official, what is disputed. All of it decided when read. */

export interface CharterFact {
  readonly id: string;
  readonly group: string;
  readonly author: string;
  readonly k: number;
  readonly organisers: readonly string[];
  readonly prev: readonly string[];
  readonly sealed: readonly string[];
}

export interface CosignFact {
  readonly record: string;
  readonly group: string;
  readonly charter: string;
  readonly author: string;
}

export type SaidFact = CosignFact;

export interface LinkFact {
  readonly record: string;
  readonly group: string;
  readonly to: string;
  readonly witness: string;
  readonly ends: string;
}

export interface Facts {
  readonly charters: readonly CharterFact[];
  readonly cosigns: readonly CosignFact[];
  readonly said: readonly SaidFact[];
  readonly links?: readonly LinkFact[];
}

/** The view of all groups. It knows no time: `created_at` gives nobody authority. Each answer is found once. */
export class Standing {
  private readonly charters = new Map<string, CharterFact>();
  private readonly said = new Map<string, SaidFact>();
  private readonly cosigns = new Map<string, CosignFact[]>();
  /** Every charter that was ever in force, numbered so that what it replaces comes before it. */
  private readonly everInForce = new Map<string, number>();
  private readonly ends = new Map<string, string[]>();
  /** Of each group, the charters that others saw in force: links of groups that are not forked. */
  private readonly witnessed = new Map<string, Set<string>>();
  private readonly offices = new Map<string, Set<string>>();
  private readonly found = new Map<string, string[]>();
  private readonly before = new Map<string, Set<string>>();
  /** The charters in force that seal a record. */
  private readonly sealers = new Map<string, string[]>();
  private knows: Map<string, Set<string>> | null = null;
  private readonly allLinks: readonly LinkFact[];

  constructor(facts: Facts) {
    for (const one of facts.charters) this.charters.set(one.id, one);
    for (const one of facts.said) this.said.set(one.record, one);
    for (const one of facts.cosigns) put(this.cosigns, one.record, one);
    this.allLinks = facts.links ?? [];
    this.findInForce();
    const stood = [...this.everInForce.keys()].flatMap((id) => this.charters.get(id) ?? []);
    const replaced = new Set(stood.flatMap((one) => one.prev));
    for (const one of stood) for (const record of one.sealed) put(this.sealers, record, one.id);
    for (const one of stood) if (!replaced.has(one.id)) put(this.ends, one.group, one.id);
    // witnesses must not hang on witnesses
    for (const link of living(this.allLinks.filter((one) => this.isPlain(one)))) {
      made(this.witnessed, link.to, () => new Set<string>()).add(link.witness);
    }
  }

  /** The keys that signed a record: its author and its cosigners under its charter. */
  signers(record: string): Set<string> {
    const charter = this.charters.get(record);
    const said = this.said.get(record);
    if (charter) return this.signed(record, charter.author, charter.group, [record, ...charter.prev]);
    return said ? this.signed(record, said.author, said.group, [said.charter]) : new Set();
  }

  /** The organisers whom a charter names and who signed it. */
  inOffice(charter: string): ReadonlySet<string> {
    return made(this.offices, charter, () => both(this.signers(charter), this.charters.get(charter)?.organisers ?? []));
  }

  isInForce(charter: string): boolean {
    return this.everInForce.has(charter);
  }

  /** The charters of a group that nothing in force replaces: one, or a split's branches. */
  heads(group: string): readonly string[] {
    return made(this.found, group, () => this.headsOf(group));
  }

  isOfficial(record: string): boolean {
    if (this.charters.has(record)) return this.everInForce.has(record);
    const charter = this.speaksUnder(record);
    return charter !== null && this.counts(record, charter, this.heads(charter.group));
  }

  /** The groups that a group knows by its official links, less those it has ended. */
  links(group: string): ReadonlySet<string> {
    this.knows ??= this.known();
    return this.knows.get(group) ?? new Set();
  }

  private known(): Map<string, Set<string>> {
    const found = new Map<string, Set<string>>();
    for (const link of living(this.allLinks.filter((one) => this.isOfficial(one.record)))) {
      made(found, link.group, () => new Set<string>()).add(link.to);
    }
    return found;
  }

  private signed(record: string, author: string, group: string, under: readonly string[]): Set<string> {
    const cosigns = this.cosigns.get(record) ?? [];
    const own = cosigns.filter((one) => one.group === group && under.includes(one.charter));
    return new Set([author, ...own.map((one) => one.author)]);
  }

  /** Every charter that was ever in force, found upward from the founding ones. */
  private findInForce(): void {
    const replacing = new Map<string, CharterFact[]>();
    for (const charter of this.charters.values()) {
      for (const before of charter.prev) put(replacing, before, charter);
    }
    const asked = [...this.charters.values()].filter((one) => one.prev.length === 0);
    for (let charter = asked.pop(); charter; charter = asked.pop()) {
      if (this.everInForce.has(charter.id) || !this.comesIntoForce(charter)) continue;
      this.everInForce.set(charter.id, this.everInForce.size);
      for (const one of replacing.get(charter.id) ?? []) asked.push(one);
    }
  }

  private comesIntoForce(charter: CharterFact): boolean {
    if (this.inOffice(charter.id).size < charter.k) return false;
    return charter.prev.every((name) => {
      const before = this.charters.get(name);
      if (!before || !this.everInForce.has(name) || before.group !== charter.group) return false;
      return both(this.signers(charter.id), this.inOffice(name)).size >= before.k;
    });
  }

  /** Of a fork's branches, those that another group witnessed stand against those that none did. */
  private headsOf(group: string): string[] {
    const ends = this.ends.get(group) ?? [];
    const seen = this.witnessed.get(group);
    if (ends.length < 2 || !seen) return [...ends].sort();
    const shared = new Map<string, number>();
    for (const end of ends) for (const one of this.ancestry(end)) shared.set(one, (shared.get(one) ?? 0) + 1);
    const own = ends.filter((end) => [...this.ancestry(end)].some((one) => shared.get(one) === 1 && seen.has(one)));
    return (own.length > 0 ? own : [...ends]).sort();
  }

  private ancestry(charter: string): Set<string> {
    return made(this.before, charter, () => reached([charter], (one) => this.charters.get(one)?.prev ?? []));
  }

  /** Tells whether one charter came after another: by a walk back, no further than that one. */
  private isAfter(one: string, other: string): boolean {
    const first = this.everInForce.get(other) ?? 0;
    const back = (id: string): readonly string[] => {
      const isBefore = (this.everInForce.get(id) ?? 0) <= first;
      return isBefore ? [] : (this.charters.get(id)?.prev ?? []);
    };
    return one !== other && reached([one], back).has(other);
  }

  /** The charter under which k in office signed a record; what it is now is asked elsewhere. */
  private speaksUnder(record: string): CharterFact | null {
    const said = this.said.get(record);
    const charter = said && this.charters.get(said.charter);
    if (!charter || charter.group !== said.group || !this.everInForce.has(charter.id)) return null;
    return both(this.signers(record), this.inOffice(charter.id)).size >= charter.k ? charter : null;
  }

  /** Tells whether a record under a charter still counts where these are in force. */
  private counts(record: string, charter: CharterFact, heads: readonly string[]): boolean {
    if (heads.includes(charter.id)) return true;
    // a branch seals what was said before it parted, never what another branch says; one that seals it is enough
    const sealers = this.sealers.get(record) ?? [];
    const lines = sealers.length > 0 ? heads.map((head) => this.ancestry(head)) : [];
    return sealers.some((one) => lines.some((line) => line.has(one)) && this.isAfter(one, charter.id));
  }

  private isPlain(link: LinkFact): boolean {
    const ends = this.ends.get(link.group) ?? [];
    const charter = this.speaksUnder(link.record);
    return ends.length === 1 && charter !== null && this.counts(link.record, charter, ends);
  }
}

function living(links: readonly LinkFact[]): LinkFact[] {
  const ended = new Set(links.filter((link) => link.ends).map((link) => `${link.group} ${link.ends}`));
  return links.filter((link) => link.to && !ended.has(`${link.group} ${link.record}`));
}

function put<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  made(map, key, () => new Array<Value>()).push(value);
}

/** What is known under a key; found now where it is not. */
function made<Value>(map: Map<string, Value>, key: string, find: () => Value): Value {
  let known = map.get(key);
  if (known === undefined) {
    known = find();
    map.set(key, known);
  }
  return known;
}

function both(one: ReadonlySet<string>, other: Iterable<string>): Set<string> {
  return new Set([...other].filter((each) => one.has(each)));
}

function reached(from: readonly string[], next: (one: string) => readonly string[]): Set<string> {
  const found = new Set<string>();
  const left = [...from];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (found.has(one)) continue;
    found.add(one);
    left.push(...next(one));
  }
  return found;
}
