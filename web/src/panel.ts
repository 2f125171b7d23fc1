/** Panel: whose stamps count under one petition, and how many; its windows. */
import * as acceptances from "./acceptance";
import { GRACE, SEND_AFTER_CLOSE } from "./limits";
import * as petitions from "./petition";
import type { Petition } from "./petition";
import type { Record } from "./record";
import { Refused } from "./refused";
import type { StampKey } from "./stamps";

export interface Seat {
  readonly group: string;
  readonly key: StampKey;
  /** Addresses of the group's desk, in the acceptances' order. */
  readonly urls: readonly string[];
}

export interface Panel {
  readonly petition: Petition;
  readonly seats: readonly Seat[];
}

/**
 * Makes the panel of a petition from checked records; `official` is the word of whoever gave them.
 *
 * Throws `unknown-petition` or `not-open` when something does not stand.
 */
export function makePanel(id: string, records: readonly Record[], official: readonly string[]): Panel {
  const stands = records.filter((record) => official.includes(record.id));
  const asked = stands.find((record) => record.id === id && record.kind === petitions.NUMBER);
  if (asked === undefined) throw new Refused("unknown-petition");
  const petition = petitions.read(asked);
  const said = stands
    .filter((record) => record.kind === acceptances.NUMBER)
    .map(acceptances.read)
    .filter((one) => one.petition === id)
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  const seats = petition.panel.map(([group, kid]) => {
    const own = said.filter((one) => one.group === group && one.key.kid === kid);
    if (own[0] === undefined) throw new Refused("not-open");
    const urls = own.reduce<readonly string[]>((all, one) => [...all, ...one.urls], []);
    return { group, key: own[0].key, urls: [...new Set(urls)] };
  });
  return { petition, seats };
}

export function windowStart({ open, close, window }: Petition, at: number): number {
  const last = (close - open) / window - 1;
  return open + Math.min(Math.floor(Math.max(0, at - open) / window), last) * window;
}

/** Refuses what is not the start of a window of this petition. */
export function refuseTime({ open, close, window }: Petition, createdAt: number): void {
  const since = createdAt - open;
  if (!(since >= 0 && createdAt < close && since % window === 0)) throw new Refused("bad-time");
}

/** The last moment at which nodes take what a person sends. */
export function lastMoment({ close, options }: Petition): number {
  return options.length > 0 ? close : close + SEND_AFTER_CLOSE;
}

/**
 * The window that two nodes and this phone agree on, so that no clock alone can date a signature.
 *
 * Times within the grace of each other count as one: the earlier node's window is taken. Else null.
 */
export function agreedWindow(petition: Petition, nodes: readonly number[], phone: number): number | null {
  const starts = [...nodes, phone].map((at) => windowStart(petition, at));
  const isOne = starts.every((start) => start === starts[0]);
  const isNear = Math.max(...nodes, phone) - Math.min(...nodes, phone) <= GRACE;
  return isOne || isNear ? windowStart(petition, Math.min(...nodes)) : null;
}
