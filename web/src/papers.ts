/** Papers: the few records beside signatures that one petition's count rests on. */
import * as acceptances from "./acceptance";
import type { Acceptance } from "./acceptance";
import * as charters from "./charter";
import type { Charter } from "./charter";
import * as lists from "./closing_list";
import type { ClosingList } from "./closing_list";
import * as cosigns from "./cosign";
import * as counters from "./counter";
import type { Counter } from "./counter";
import * as links from "./link";
import type { Link } from "./link";
import * as petitions from "./petition";
import type { Petition } from "./petition";
import type { Record } from "./record";
import { Refused } from "./refused";
import { Standing, type CosignFact } from "./standing";

export const SMALL: readonly number[] = [charters, cosigns, links, petitions, acceptances, counters, lists].map(
  (kind) => kind.NUMBER,
);

type ById<Said> = Map<string, Said>;

/** The records of one petition that passed their rule, read; each id once. */
export class Papers {
  asked: Petition | null = null;
  readonly charters: ById<Charter> = new Map();
  readonly cosigns = new Map<string, CosignFact>();
  readonly links: ById<Link> = new Map();
  readonly accepted: ById<Acceptance> = new Map();
  readonly counters: ById<Counter> = new Map();
  readonly lists: ById<ClosingList> = new Map();
  readonly others: ById<Petition> = new Map();
  readonly othersAccepted: ById<Acceptance> = new Map();
  private readonly every: Acceptance[] = [];

  constructor(
    readonly wanted: string,
    records: readonly Record[],
  ) {
    for (const record of records) {
      try {
        this.take(record);
      } catch (thrown) {
        if (!(thrown instanceof Refused)) throw thrown; // a stranger's; it changes nothing here
      }
    }
    for (const [id, said] of this.accepted) {
      // a group or key that the petition does not name
      if (this.asked && !this.asked.panel.some(([group, kid]) => group === said.group && kid === said.key.kid)) {
        this.accepted.delete(id);
      }
    }
  }

  /** Who may speak, by these records alone. */
  standing(): Standing {
    const of = (one: Petition | Acceptance): CosignFact => ({
      record: one.id, group: one.group, charter: one.charter, author: one.author,
    });
    const asked = [...(this.asked ? [this.asked] : []), ...this.others.values()];
    const all = [...this.links.values()];
    return new Standing({
      charters: [...this.charters.values()],
      cosigns: [...this.cosigns.values()],
      said: [...asked.map(of), ...this.every.map(of), ...all],
      links: all,
    });
  }

  /** The ids of all records that this petition's count rests on, as the Python twin says why. */
  ids(): Set<string> {
    const groups = new Set([...this.accepted.values()].map((said) => said.group));
    if (this.asked) [this.asked.group, ...this.asked.panel.map(([group]) => group)].forEach((one) => groups.add(one));
    const found = new Set<string>();
    const all = [...this.links.values()];
    for (const said of all) if (groups.has(said.to)) found.add(said.record);
    for (const said of all.filter((one) => found.has(one.ends))) found.add(said.record);
    for (const said of all) if (found.has(said.record)) groups.add(said.group);
    for (const [id, said] of this.charters) if (groups.has(said.group)) found.add(id);
    for (const id of this.accepted.keys()) found.add(id);
    if (this.asked) found.add(this.asked.id);
    for (const [id, said] of this.cosigns) if (found.has(said.record)) found.add(id);
    for (const id of [...this.counters.keys(), ...this.lists.keys()]) found.add(id);
    return found;
  }

  private take(record: Record): void {
    switch (record.kind) {
      case charters.NUMBER:
        return void this.charters.set(record.id, charters.read(record));
      case cosigns.NUMBER:
        return void this.cosigns.set(record.id, cosigns.read(record));
      case links.NUMBER:
        return void this.links.set(record.id, links.read(record));
      case petitions.NUMBER:
        return this.takePetition(petitions.read(record));
      case acceptances.NUMBER:
        return this.takeAcceptance(acceptances.read(record));
      case counters.NUMBER:
        return this.keep(this.counters, counters.read(record));
      case lists.NUMBER:
        return this.keep(this.lists, lists.read(record));
    }
  }

  private takePetition(said: Petition): void {
    if (said.id === this.wanted) this.asked = said;
    else this.others.set(said.id, said);
  }

  private takeAcceptance(said: Acceptance): void {
    this.every.push(said);
    (said.petition === this.wanted ? this.accepted : this.othersAccepted).set(said.id, said);
  }

  private keep<Said extends Counter | ClosingList>(kept: ById<Said>, said: Said): void {
    if (said.petition === this.wanted) kept.set(said.id, said);
  }
}
