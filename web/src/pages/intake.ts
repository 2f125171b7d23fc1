/** Intake: who reads a group's reports, by its charters, all of which are checked here. */
import * as charter from "../charter";
import * as cosign from "../cosign";
import { RECIPIENTS_LEAST } from "../limits";
import { kindOf, type Sort } from "../recipients";
import { check, type Record } from "../record";
import { Refused } from "../refused";
import * as season from "../season";
import { Standing, type CharterFact, type CosignFact } from "../standing";

export interface Caseworker {
  readonly key: string;
  readonly recipient: string;
  readonly role: string;
  readonly custodian: string;
}

/** A group as its charter in force says it, and whom any of its charters ever named. */
export interface Intake {
  readonly group: string;
  readonly charter: string;
  readonly name: string;
  readonly since: number; // the charter's own word for its day
  readonly nodes: readonly string[];
  readonly caseworkers: readonly Caseworker[];
  readonly named: ReadonlyMap<string, readonly string[]>;
}

/**
 * Finds the charter in force among what nodes gave; what is no good record is left out.
 *
 * Throws `no-charter` when none is in force, or its keys are not there; `in-dispute` when there are two.
 */
export function readIntake(found: readonly unknown[], group: string): Intake {
  const charters = new Map<string, { readonly fact: CharterFact; readonly record: Record }>();
  const cosigns = new Map<string, CosignFact>();
  const seasons = new Map<string, ReadonlyMap<string, string>>();
  for (const one of found) {
    const record = checked(one);
    if (record?.kind === charter.NUMBER) put(charters, record, (fact) => ({ fact, record }), charter.read);
    if (record?.kind === cosign.NUMBER) put(cosigns, record, (fact) => fact, cosign.read);
    if (record?.kind === season.NUMBER) put(seasons, record, (keys) => keys, season.read);
  }
  const facts = [...charters.values()].map((one) => one.fact);
  const standing = new Standing({ charters: facts, cosigns: [...cosigns.values()], said: [] });
  const heads = standing.heads(group);
  const head = charters.get(heads[0] ?? "")?.record;
  if (head === undefined) throw new Refused("no-charter");
  if (heads.length > 1) throw new Refused("in-dispute");
  const ever = [...charters.values()].filter(
    ({ fact }) => fact.group === group && standing.isInForce(fact.id),
  );
  return {
    group,
    charter: head.id,
    name: valuesOf(head, "name")[0]?.[0] ?? "",
    since: head.created_at,
    nodes: valuesOf(head, "node").map(([url = ""]) => url).filter((url) => /^https?:/.test(url)),
    caseworkers: caseworkersOf(head, new Map([...seasons.values()].flatMap((keys) => [...keys]))),
    named: new Map(ever.map(({ record }) => [record.id, valuesOf(record, "caseworker").map(([key = ""]) => key)])),
  };
}

/** Whom a first report is sealed to. */
export function readersOf({ caseworkers }: Intake): string[] {
  return caseworkers.filter((one) => one.role === "intake").map((one) => one.recipient);
}

/** Whom a name and an address are sealed to. */
export function custodiansOf({ caseworkers }: Intake): string[] {
  return caseworkers.map((one) => one.custodian).filter((one) => one !== "");
}

/** How many recipients every envelope has, whoever it is for. */
export function placesOf({ caseworkers }: Intake): number {
  return Math.max(RECIPIENTS_LEAST, caseworkers.length);
}

export function sortOf(intake: Intake): Sort {
  return kindOf(readersOf(intake)[0] ?? "") ?? "x25519";
}

/** The caseworkers of a charter; that each of them agreed was asked when it was read. */
function caseworkersOf(record: Record, keys: ReadonlyMap<string, string>): Caseworker[] {
  const whole = (text: string): string => {
    const found = text === "" || text.startsWith("age1") ? text : keys.get(text);
    if (found === undefined) throw new Refused("no-charter"); // who seals to half of them seals to fewer
    return found;
  };
  return valuesOf(record, "caseworker").map(([key = "", recipient = "", role = "", custodian = ""]) => ({
    ...{ key, role },
    ...{ recipient: whole(recipient), custodian: whole(custodian) },
  }));
}

function valuesOf(record: Record, name: string): string[][] {
  return record.tags.filter((tag) => tag[0] === name).map((tag) => tag.slice(1));
}

function checked(one: unknown): Record | null {
  try {
    return check(one);
  } catch {
    return null;
  }
}

function put<Fact, Kept>(
  to: Map<string, Kept>,
  record: Record,
  made: (fact: Fact) => Kept,
  read: (record: Record) => Fact,
): void {
  try {
    to.set(record.id, made(read(record)));
  } catch {
    // a stranger's, or cut: nobody is given a word by it
  }
}
