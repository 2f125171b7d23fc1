/**
 * Signing: from codes to a signature at two nodes. Every step is kept before the next begins, so
 * that a browser closed at any moment goes on from there, and a question once asked stays the same.
 */
import type { Part } from "../codes";
import * as keys from "../keys";
import { SEND_AFTER_CLOSE } from "../limits";
import { agreedWindow, lastMoment, type Panel, type Seat } from "../panel";
import * as records from "../record";
import { Refused } from "../refused";
import * as signature from "../signature";
import * as stamps from "../stamps";
import { fromBase64, toBase64 } from "../strict";
import * as withdrawal from "../withdrawal";
import type { Asked, Entry, Place } from "./entry";
import { hand, seen, type Node, type Sight } from "./nodes";
import { ask, json, post, type World } from "./world";

const TRIES = 5; // after 2, 4, 8, 16 and 32 seconds a person is told to come back later
const SHOWN_AFTER_CLOSE = 2 * SEND_AFTER_CLOSE; // seconds: by then every window has been shown
const LOST_AFTER = 3_600; // seconds after its window's end a signature that is not shown is sent anew

/** What is going on, for the status line: a word and a group's id, where one is meant. */
export type Told = (word: "stamping" | "waiting" | "sending", group: string) => void;

/** A group's answer that stops signing; nothing that was asked is lost. */
export class Stopped extends Error {
  constructor(
    readonly reason: string,
    readonly group: string,
  ) {
    super(reason);
  }
}

export interface Wish extends signature.Choice {
  readonly keep: boolean;
}

/** Finds the seat that a code belongs to: its first block says which. */
export function seatOf(panel: Panel, part: Part): Seat | undefined {
  return panel.seats.find((seat) => seat.key.kid.startsWith(part.kid4));
}

/** Makes the one-time key and blinds it for each code; all of it is kept before anything is sent. */
export function begin(place: Place, panel: Panel, parts: readonly Part[], wish: Wish): Entry {
  const secretKey = keys.newSecretKey();
  const asked = parts.map((part) => question(panel, part, secretKey));
  const groups = new Set(asked.map((one) => one.group));
  if (groups.size !== panel.petition.q || asked.length !== panel.petition.q) {
    throw new Refused("no-quorum");
  }
  return place.write({ step: "asked", secretKey, asked, ...wish });
}

/** Puts another code in the place of one that did not work; of the same group or of one unasked. */
export function replace(place: Place, entry: Entry, panel: Panel, group: string, part: Part): Entry {
  const next = question(panel, part, entry.secretKey ?? "");
  const asked = (entry.asked ?? []).map((one) => (one.group === group && !one.stamp ? next : one));
  if (new Set(asked.map((one) => one.group)).size < asked.length) throw new Refused("same-group");
  return place.write({ ...entry, asked });
}

/**
 * Goes on from wherever an entry stands until two nodes have the signature.
 *
 * Throws Stopped, or Refused: `closed`, `not-open`, `clocks`, `one-node`, a node's reason,
 * `no-storage`, `other-tab`.
 */
export async function go(world: World, place: Place, sight: Sight, entry: Entry, told: Told): Promise<Entry> {
  let now = entry;
  if (now.step === "asked") now = await stampAll(world, place, sight.panel, now, told);
  if (now.step === "asked") now = signed(place, sight, now, world.now());
  if (now.step === "signed") now = await send(world, place, sight, now, told);
  return now;
}

/** Looks for a sent signature in the count of two nodes; once both show it, the rest is erased. */
export async function find(world: World, place: Place, sight: Sight, entry: Entry, told: Told): Promise<Entry> {
  if (world.now() < (entry.until ?? 0)) return entry;
  const record = JSON.parse(entry.line ?? "") as records.Record;
  const petition = sight.panel.petition.id;
  const { shown, asked } = await seen(world, petition, record.id, record.created_at, sight.nodes);
  if (asked === 2 && shown === 2) {
    const counted: Entry = { step: "counted", ...(entry.secretKey && { secretKey: entry.secretKey }) };
    if (entry.secretKey) return place.write(counted);
    place.forget();
    return counted;
  }
  if (shown < asked && world.now() > (entry.until ?? 0) + LOST_AFTER) {
    const unsent = place.write({ ...entry, step: "signed", taken: [] });
    return send(world, place, sight, unsent, told);
  }
  return entry;
}

/** Takes a counted signature back at two nodes; then nothing is left here. Throws as `go`. */
export async function withdraw(world: World, place: Place, sight: Sight, entry: Entry): Promise<void> {
  const draft = {
    created_at: windowNow(sight, world.now()),
    kind: withdrawal.NUMBER,
    tags: withdrawal.tagsOf(sight.panel.petition.id),
    content: "",
  };
  const line = records.line(records.sign(draft, entry.secretKey ?? ""));
  const answers: (number | string | null)[] = [];
  for (const node of sight.nodes) {
    if (answers.filter(isTime).length === 2) break;
    answers.push(await hand(world, line, sight.panel.petition.id, node));
  }
  // where only one node is there, one has to do: the key is still here until then
  if (!answers.some(isTime)) throw new Refused(reasonOf(answers));
  place.forget();
}

function question(panel: Panel, part: Part, secretKey: string): Asked {
  const seat = seatOf(panel, part);
  if (seat === undefined) throw new Refused("unknown-voucher");
  const message = stamps.tokenInput(panel.petition.id, keys.publicKey(secretKey), seat.key.kid);
  const blinding = stamps.newBlinding(seat.key);
  const blinded = toBase64(stamps.blind(seat.key, message, blinding));
  const body = JSON.stringify({
    petition: panel.petition.id,
    kid: seat.key.kid,
    blinded,
    voucher: part.secret,
  });
  return { group: seat.group, kid: seat.key.kid, body, factor: blinding.factor };
}

async function stampAll(world: World, place: Place, panel: Panel, entry: Entry, told: Told): Promise<Entry> {
  let now = entry;
  for (const one of entry.asked ?? []) {
    const seat = panel.seats.find((other) => other.key.kid === one.kid);
    if (one.stamp !== undefined) continue;
    if (seat === undefined) throw new Stopped("wrong-kid", one.group);
    told("stamping", one.group);
    const stamp = await stampOne(world, panel, seat, one, entry.secretKey ?? "", told);
    const done: Asked = { group: one.group, kid: one.kid, stamp };
    now = place.write({ ...now, asked: (now.asked ?? []).map((other) => (other === one ? done : other)) });
  }
  return now;
}

async function stampOne(
  world: World,
  panel: Panel,
  seat: Seat,
  asked: Asked,
  secretKey: string,
  told: Told,
): Promise<string> {
  let last = "no-answer";
  for (let tries = 0; tries <= TRIES; tries += 1) {
    if (tries > 0) {
      told("waiting", asked.group);
      await world.pause(2 ** tries);
    }
    for (const url of seat.urls) {
      const reply = await ask(world, `${url}/stamp`, post(asked.body ?? ""));
      const said = json(reply);
      if (reply?.status === 200) {
        const message = stamps.tokenInput(panel.petition.id, keys.publicKey(secretKey), seat.key.kid);
        return toBase64(verified(seat, message, asked, said?.["blind_sig"]));
      }
      last = typeof said?.["refused"] === "string" ? said["refused"] : "no-answer";
      if (!PASSING.includes(last)) throw new Stopped(last, asked.group);
    }
  }
  throw new Stopped(last === "unknown-petition" ? last : "no-answer", asked.group);
}

// what another address or another moment may change; all else is the desk's last word
const PASSING = ["no-answer", "busy", "storage", "unknown-petition"];

function verified(seat: Seat, message: Uint8Array, asked: Asked, answer: unknown): Uint8Array {
  try {
    const blindSig = fromBase64(answer, 256);
    if (blindSig === null) throw new Refused("bad-answer");
    return stamps.finalise(seat.key, message, asked.factor ?? "", blindSig);
  } catch {
    throw new Stopped("bad-answer", asked.group);
  }
}

function signed(place: Place, sight: Sight, entry: Entry, phone: number): Entry {
  const { petition } = sight.panel;
  const found = new Map(
    (entry.asked ?? []).map((one) => [one.kid.slice(0, 16), fromBase64(one.stamp, 256) ?? new Uint8Array()]),
  );
  const draft = {
    created_at: windowNow(sight, phone),
    kind: signature.NUMBER,
    tags: signature.tagsOf(petition.id, entry, found),
    content: "",
  };
  const record = records.sign(draft, entry.secretKey ?? "");
  signature.check(record, sight.panel); // our own word, before anybody else's
  const { keep, secretKey } = entry;
  const line = records.line(record);
  return place.write({ step: "signed", line, taken: [], ...(keep && { keep, secretKey: secretKey ?? "" }) });
}

function windowNow({ panel, times }: Sight, phone: number): number {
  if (Math.min(...times, phone) >= lastMoment(panel.petition)) throw new Refused("closed");
  if (Math.max(...times, phone) < panel.petition.open) throw new Refused("not-open");
  const start = agreedWindow(panel.petition, times, phone);
  if (start === null) throw new Refused("clocks");
  return start;
}

async function send(world: World, place: Place, sight: Sight, entry: Entry, told: Told): Promise<Entry> {
  let now = entry;
  const answers: (number | string | null)[] = [];
  const latest = sight.panel.petition.close + SHOWN_AFTER_CLOSE;
  for (const node of inOrder(sight, entry)) {
    if ((now.taken ?? []).length >= 2) break;
    if (now.taken?.includes(node.url)) continue;
    told("sending", node.group);
    const said = await hand(world, now.line ?? "", sight.panel.petition.id, node);
    const answer = isTime(said) && said > latest ? null : said; // who would show it in a year does not have it
    answers.push(answer);
    if (!isTime(answer)) continue;
    const until = Math.max(now.until ?? 0, answer);
    now = place.write({ ...now, taken: [...(now.taken ?? []), node.url], until });
  }
  if ((now.taken ?? []).length < 2) throw new Refused(reasonOf(answers));
  return place.write({ ...now, step: "sent" });
}

function isTime(answer: number | string | null): answer is number {
  return typeof answer === "number";
}

function reasonOf(answers: readonly (number | string | null)[]): string {
  const said = answers.find((answer) => typeof answer === "string" && answer !== "storage");
  return typeof said === "string" && !answers.some(isTime) ? said : "one-node";
}

/** Nodes of groups that did not stamp come first: fewer hands see both halves of one signing. */
function inOrder(sight: Sight, entry: Entry): Node[] {
  const { tags } = JSON.parse(entry.line ?? "") as records.Record;
  const stamped = sight.panel.seats
    .filter((seat) => tags.some((tag) => tag[1] === seat.key.kid.slice(0, 16)))
    .map((seat) => seat.group);
  const rest = sight.nodes.filter((node) => !stamped.includes(node.group));
  return [...rest, ...sight.nodes.filter((node) => stamped.includes(node.group))];
}

