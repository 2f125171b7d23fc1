/** Nodes: what they say of a petition, and what they answer when they are handed a record. */
import { bytesToHex } from "@noble/hashes/utils.js";
import { makePanel, type Panel } from "../panel";
import * as records from "../record";
import { Refused } from "../refused";
import { isHex } from "../strict";
import { ask, json, post, type World } from "./world";

const SEEN_BY = 2; // nodes: one alone could lie about text, time and count

/** A node's address, ending in a slash or relative to the page, and the group whose node it is. */
export interface Node {
  readonly url: string;
  readonly group: string;
}

/** A petition as nodes show it; `times` has one time for each node that answered. */
export interface Sight {
  readonly panel: Panel;
  readonly times: readonly number[];
  readonly nodes: readonly Node[];
}

/**
 * Asks this node and then others until two have shown the same petition.
 *
 * Throws `no-node` (none answers), `two-texts` (they differ, or one shows what is not the petition),
 * `unknown-petition`, `not-open`.
 */
export async function look(world: World, id: string, home: Node, others: readonly Node[]): Promise<Sight> {
  const found: Said[] = [];
  const known = [home];
  for (let node = known[0], i = 0; node !== undefined && found.length < SEEN_BY; node = known[(i += 1)]) {
    const { url } = node;
    if (found.some((one) => one.address === url)) continue; // the same node under its public name
    const told = json(await ask(world, `${url}petition/${id}.json`));
    if (told !== null) found.push(read(id, told, node));
    for (const one of [...(found[found.length - 1]?.nodes ?? []), ...others]) {
      if (!known.some((other) => other.url === one.url)) known.push(one);
    }
  }
  const [first, second] = found;
  if (first === undefined) throw new Refused("no-node");
  const panel = second === undefined ? first.panel : agreed(first.panel, second.panel);
  const twice = found.map((one) => one.address);
  const nodes = known.filter(({ url }) => !twice.includes(url) || found.some((one) => one.url === url));
  const grouped = nodes.map((node) => found.find((one) => one.url === node.url) ?? node);
  return { panel, times: found.map((one) => one.now), nodes: grouped };
}

/** Hands one node a record; gives when it is shown (0: it is), or the node's reason, or null. */
export async function hand(
  world: World,
  line: string,
  petition: string,
  node: Node,
): Promise<number | string | null> {
  const told = json(await ask(world, `${node.url}petition/${petition}/records`, post(line)));
  const id = records.idOf(line);
  if (told?.["kept"] === id) return 0;
  if (told?.["held"] === id && Number.isSafeInteger(told["until"])) return told["until"] as number;
  return typeof told?.["refused"] === "string" ? told["refused"] : null;
}

/** Tells how many nodes, two at most, show an id among all of one window, and how many answered. */
export async function seen(
  world: World,
  petition: string,
  id: string,
  window: number,
  nodes: readonly Node[],
): Promise<{ readonly shown: number; readonly asked: number }> {
  let [shown, asked] = [0, 0];
  for (const node of nodes) {
    if (asked >= SEEN_BY) break;
    // the whole window: whoever asked for one id would tell which it is
    const reply = await ask(world, `${node.url}petition/${petition}/ids/${window}`);
    if (reply?.status !== 200 || reply.body.length % 32 !== 0) continue;
    asked += 1;
    if (has(reply.body, id)) shown += 1;
  }
  return { shown, asked };
}

interface Said extends Node {
  readonly panel: Panel;
  readonly now: number;
  /** Its public address, as it says itself; empty when it has none. */
  readonly address: string;
  readonly nodes: readonly Node[];
}

function read(id: string, told: { readonly [name: string]: unknown }, node: Node): Said {
  const { now, records: given, official, nodes, address, home } = told;
  if (!Array.isArray(given) || !Array.isArray(official) || !Number.isSafeInteger(now)) {
    throw new Refused("two-texts");
  }
  let checked: records.Record[];
  try {
    checked = given.map(records.check);
  } catch {
    throw new Refused("two-texts"); // a node that alters what was signed is not to be trusted here
  }
  return {
    url: node.url,
    group: isHex(home, 32) ? home : node.group,
    panel: makePanel(id, checked, official as string[]),
    now: now as number,
    address: typeof address === "string" ? slashed(address) : "",
    nodes: Array.isArray(nodes) ? nodes.reduce<Node[]>((all, one) => [...all, ...readNode(one)], []) : [],
  };
}

function readNode(told: unknown): Node[] {
  const [group, url] = Array.isArray(told) ? (told as unknown[]) : [];
  // the page's policy lists where it may speak; this only keeps out what is no address
  return isHex(group, 32) && typeof url === "string" && /^https?:\/\/[^\s"'<>]+$/.test(url)
    ? [{ group, url: slashed(url) }]
    : [];
}

function slashed(url: string): string {
  return url === "" || url.endsWith("/") ? url : `${url}/`;
}

/**
 * What both say. The number holds text and keys; addresses of desks are the acceptances' word, and
 * a code is told to no desk that only one node names.
 */
function agreed(one: Panel, other: Panel): Panel {
  const seats = one.seats.map((seat, i) => {
    const urls = seat.urls.filter((url) => other.seats[i]?.urls.includes(url));
    if (urls.length === 0) throw new Refused("two-texts");
    return { ...seat, urls };
  });
  return { ...one, seats };
}

function has(ids: Uint8Array, id: string): boolean {
  for (let at = 0; at < ids.length; at += 32) {
    if (bytesToHex(ids.subarray(at, at + 32)) === id) return true;
  }
  return false;
}
