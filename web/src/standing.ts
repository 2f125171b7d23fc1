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

/** The view of all groups. It knows no time: `created_at` gives nobody authority. */
export class Standing {
  private readonly charters = new Map<string, CharterFact>();
  private readonly said = new Map<string, SaidFact>();
  private readonly cosigns = new Map<string, CosignFact[]>();
  private readonly everInForce = new Set<string>();
  private readonly successors = new Map<string, string[]>();
  private readonly plainLinks: readonly LinkFact[];

  constructor(private readonly facts: Facts) {
    for (const one of facts.charters) this.charters.set(one.id, one);
    for (const one of facts.said) this.said.set(one.record, one);
    for (const one of facts.cosigns) put(this.cosigns, one.record, one);
    this.findInForce();
    for (const id of this.everInForce) {
      for (const before of this.charters.get(id)?.prev ?? []) put(this.successors, before, id);
    }
    // links of groups that are not forked: witnesses must not hang on witnesses
    this.plainLinks = living((facts.links ?? []).filter((link) => this.isPlain(link)));
  }

  /** The keys that signed a record: its author and its cosigners under its charter. */
  signers(record: string): Set<string> {
    const charter = this.charters.get(record);
    const said = this.said.get(record);
    if (charter) return this.signed(record, charter.author, charter.group, [record, ...charter.prev]);
    return said ? this.signed(record, said.author, said.group, [said.charter]) : new Set();
  }

  /** The organisers whom a charter names and who signed it. */
  inOffice(charter: string): Set<string> {
    const named = this.charters.get(charter)?.organisers ?? [];
    return both(this.signers(charter), named);
  }

  isInForce(charter: string): boolean {
    return this.everInForce.has(charter);
  }

  /** The charters of a group that nothing in force replaces: one, or a split's branches. */
  heads(group: string): string[] {
    const ends = this.ends(group);
    const seen = ends.length > 1 ? ends.filter((one) => this.isWitnessed(one, ends)) : ends;
    return (seen.length > 0 ? seen : ends).sort();
  }

  isOfficial(record: string): boolean {
    if (this.charters.has(record)) return this.everInForce.has(record);
    const charter = this.speaksUnder(record);
    return charter !== null && this.counts(record, charter, this.heads(charter.group));
  }

  /** The groups that a group knows by its official links, less those it has ended. */
  links(group: string): Set<string> {
    const official = (this.facts.links ?? []).filter((link) => this.isOfficial(link.record));
    return new Set(living(official).filter((link) => link.group === group).map((link) => link.to));
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
      this.everInForce.add(charter.id);
      asked.push(...(replacing.get(charter.id) ?? []));
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

  private ends(group: string): string[] {
    return [...this.everInForce].filter(
      (one) => this.charters.get(one)?.group === group && !this.successors.has(one),
    );
  }

  private ancestry(charter: string): Set<string> {
    return reached([charter], (one) => this.charters.get(one)?.prev ?? []);
  }

  private later(charter: string): Set<string> {
    return reached(this.successors.get(charter) ?? [], (one) => this.successors.get(one) ?? []);
  }

  /** Tells whether another group saw in force a charter that only this branch has. */
  private isWitnessed(head: string, heads: readonly string[]): boolean {
    const own = this.ancestry(head);
    for (const other of heads) {
      if (other !== head) this.ancestry(other).forEach((one) => own.delete(one));
    }
    const group = this.charters.get(head)?.group;
    return this.plainLinks.some((link) => link.to === group && own.has(link.witness));
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
    const after = this.later(charter.id);
    return heads.some((head) =>
      [...both(this.ancestry(head), after)].some((one) => this.charters.get(one)?.sealed.includes(record)),
    );
  }

  private isPlain(link: LinkFact): boolean {
    const ends = this.ends(link.group);
    const charter = this.speaksUnder(link.record);
    return ends.length === 1 && charter !== null && this.counts(link.record, charter, ends);
  }
}

function living(links: readonly LinkFact[]): LinkFact[] {
  const ended = new Set(links.filter((link) => link.ends).map((link) => `${link.group} ${link.ends}`));
  return links.filter((link) => link.to && !ended.has(`${link.group} ${link.record}`));
}

function put<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const found = map.get(key);
  if (found) found.push(value);
  else map.set(key, [value]);
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
