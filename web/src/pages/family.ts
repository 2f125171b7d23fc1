/** Family: what a page does for one family: asks whom to seal to, seals, hands over, looks for answers. */
import * as body from "../body";
import type { Blob } from "../blobs";
import { custodiansOf, placesOf, readIntake, readersOf, sortOf, type Intake } from "./intake";
import { LEAP, SLOT_BYTES, WORK_LEAST, WORK_MOST } from "../limits";
import { mailboxOf, shardOf, type Mailbox } from "../mailbox";
import { openFile, openReply } from "../opening";
import { recipientOf } from "../recipients";
import type { FamilyKeys } from "../receipts";
import { check, type Record } from "../record";
import { Refused } from "../refused";
import type { FamilySays, File, PersonalDetails, Reply, Report } from "../said";
import { seal } from "../seal";
import type { Attachment } from "../sealedfile";
import { makeEnvelope } from "../sealed";
import { familySlot } from "../slots";
import { give, hand, type Handed } from "./handing";
import { ask, json, type World } from "./world";

export type Web = Pick<World, "fetch" | "pause">;

const ASKED = 2; // nodes: one alone could hide an amendment
const KNOWN = 16; // nodes: one that names more keeps nobody asking
const LATEST = 253_402_300_799; // seconds: behind it a day is written otherwise
const SHARD = 16; // envelopes, at least
const CHANGED = 3; // times that a list may change while it is read
const SLOW = 120_000; // milliseconds for what is as long as a picture
const WORK_OFFLINE = 18; // bits: what is asked up to half of a day's room
const DAY = 86_400;
const HASH = 32; // bytes of a chunk's
const CHUNKS = 101; // of the largest file

/** What nodes said before anything was written. */
export interface Sight {
  readonly intake: Intake;
  readonly now: number;
  readonly bits: number;
  readonly nodes: readonly string[]; // where to hand it in; those that answered come first
  readonly answered: number;
}

/** What a family has filled in; files were sealed one by one before. */
export interface Told {
  readonly report: Pick<Report, "kind" | "region" | "lang" | "story" | "answers" | "sender" | "consent">;
  readonly person: Pick<PersonalDetails, "name" | "address" | "phone" | "soldier"> | null;
  readonly files: readonly Attached[];
  readonly originals: readonly Attached[];
}

export interface Attached {
  readonly file: File;
  readonly blob: Blob;
}

/**
 * Asks two nodes for the group's charters and joins what they give: one could leave out the newest.
 *
 * A node that asks for more work than any may ask is left out; `too-much-work` where no other answers.
 */
export async function look(web: Web, group: string, home: string, others: readonly string[]): Promise<Sight> {
  const found: Answer[] = [];
  const answered: string[] = [];
  const own: string[] = [];
  const known = [home, ...others];
  let isTooMuch = false;
  for (let i = 0; i < known.length && i < KNOWN && answered.length < ASKED; i += 1) {
    const url = known[i] ?? "";
    if (own.includes(url)) continue; // the same node under its public name
    const told = readAnswer(json(await ask(web, `${url}envelopes/${group}.json`)));
    isTooMuch ||= told !== null && told.bits > WORK_MOST;
    if (told === null || told.bits > WORK_MOST) continue;
    found.push(told);
    answered.push(url);
    own.push(told.address);
    for (const one of told.nodes) if (!known.includes(one)) known.push(one);
  }
  const [first] = found;
  if (first === undefined) throw new Refused(isTooMuch ? "too-much-work" : "no-node");
  const intake = readIntake(found.flatMap((one) => one.records), group);
  const rest = intake.nodes.map(slashed).filter((url) => !own.includes(url) && !answered.includes(url));
  const now = nearest(found.map((one) => one.now), Date.now() / 1000);
  return { intake, now, bits: first.bits, nodes: [...answered, ...rest], answered: answered.length };
}

/** What a file knows that was saved with its charters: nothing of today but the phone's clock. */
export function sightOf(records: readonly unknown[], group: string): Sight {
  const intake = readIntake(records, group);
  return { intake, now: Math.floor(Date.now() / 1000), bits: WORK_OFFLINE, nodes: [], answered: ASKED };
}

/** Seals a report, and beside it, for custodians alone, who the family is. */
export async function sealReport(web: Web, sight: Sight, keys: FamilyKeys, told: Told): Promise<Record[]> {
  const { intake } = sight;
  const recipient = await recipientOf(keys.identity(sortOf(intake)));
  const box = Array.from(keys.box, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const { kind, region, lang, story, answers, sender, consent } = told.report;
  const report: Report = {
    ...head("report", 1, sight),
    ...{ kind, region, lang, story, answers, sender, recipient, box, consent },
    ...(told.files.length > 0 && { files: told.files.map((one) => one.file) }),
  };
  const found = [await enclose(web, sight, keys, 0, report, readersOf(intake), told.files)];
  if (told.person !== null) found.push(await encloseWho(web, sight, keys, [1, 2], told));
  return found;
}

/** What a family says later: words, files and, for custodians alone, who it is. */
export type Added = Pick<Told, "person" | "files" | "originals"> & { readonly text: string };

/** Seals it: to whom the newest answer names, or to intake where there is none by a caseworker of now. */
export async function sealMessage(web: Web, sight: Sight, keys: FamilyKeys, mail: Mail, added: Added): Promise<Record[]> {
  const number = nextOf(mail);
  const files = added.files.map((one) => one.file);
  const said: FamilySays = { ...head("message", number, sight), text: added.text, ...(files.length > 0 && { files }) };
  const found = [await enclose(web, sight, keys, mail.box.sent, said, readersFor(sight, mail), added.files)];
  if (added.person !== null) found.push(await encloseWho(web, sight, keys, [mail.box.sent + 1, number + 1], added));
  return found;
}

/** Seals the request that all of it be erased. */
export async function sealEraseRequest(web: Web, sight: Sight, keys: FamilyKeys, mail: Mail, why: string): Promise<Record[]> {
  const said: FamilySays = { ...head("erase-request", nextOf(mail), sight), ...(why && { why }) };
  return [await enclose(web, sight, keys, mail.box.sent, said, readersFor(sight, mail), [])];
}

/** Hands envelopes over: the first decides; the nodes that have it get the rest and the files. */
export async function handAll(
  web: Web,
  sight: Sight,
  envelopes: readonly Record[],
  files: readonly { readonly blob: Attachment }[],
  told: (file: number, part: number) => void,
): Promise<Handed & { readonly lost: number }> {
  const [first, ...rest] = envelopes;
  if (first === undefined) throw new Refused("bad-form");
  const handed = await hand(web, first, sight.nodes);
  let lost = 0;
  if (handed.taken.length === 0) return { ...handed, lost };
  for (const one of rest) {
    const { taken } = await hand(web, one, handed.taken);
    if (taken.length === 0) lost += 1;
  }
  for (let i = 0; i < files.length; i += 1) {
    const blob = files[i]?.blob;
    let isThere = false;
    for (const url of handed.taken) {
      if (blob && !isThere) isThere = await give(web, blob, url, (part) => told(i, part));
    }
    if (!isThere) lost += 1;
  }
  return { ...handed, lost };
}

/** What lies in a mailbox, the newest answer if there is one, and whose it is. */
export interface Mail {
  readonly box: Mailbox;
  readonly reply: Reply | null;
  readonly by: string;
}

/** Whether who wrote the answer is a caseworker now. Who was dismissed can still write one, under her charter. */
export function isInOffice(sight: Sight, mail: Mail): boolean {
  return sight.intake.caseworkers.some((one) => one.key === mail.by);
}

/** Comes back: the list of all slots, then one whole shard; what is asked tells nobody whose. */
export async function visit(web: Web, sight: Sight, keys: FamilyKeys): Promise<Mail> {
  const { group, named } = sight.intake;
  const identities = [keys.identity("hybrid"), keys.identity("x25519")]; // the group may have changed it since
  for (const url of sight.nodes) {
    for (let i = 0; i < CHANGED; i += 1) {
      const list = await ask(web, `${url}envelopes/${group}/slots`, {}, SLOW);
      if (list?.status !== 200) break;
      const box = mailboxOf(list.body, keys.box);
      const bits = bitsOf(list.body.length / SLOT_BYTES);
      const shard = await ask(web, `${url}envelopes/${group}/${bits}/${shardOf(box.answers[0], bits)}.jsonl`, {}, SLOW);
      if (shard?.status !== 200) continue; // the list has changed since
      const records = box.answers.length > 0 ? recordsOf(shard.body) : [];
      const found = await openReply(records, box.answers, identities, named);
      return { box, reply: found === null ? null : (found.said as Reply), by: found?.by ?? "" };
    }
  }
  throw new Refused("no-node");
}

/** Takes a file that an answer names; null where no node gives all of it yet. */
export async function takeFile(web: Web, sight: Sight, file: File): Promise<Uint8Array | null> {
  for (const url of sight.nodes) {
    const way = `${url}blob/${file.id}`;
    const list = await ask(web, `${way}/list`);
    if (list?.status !== 200) continue;
    const chunks: Uint8Array[] = [];
    for (let i = 0; i < list.body.length / HASH && i < CHUNKS; i += 1) {
      const chunk = await ask(web, `${way}/${i}`, {}, SLOW);
      if (chunk?.status !== 200) break;
      chunks.push(chunk.body);
    }
    const content = await openFile(file, list.body, chunks);
    if (content !== null) return content;
  }
  return null;
}

/** The bits of a slot that name its shard: 16 to 32 envelopes a shard. */
export function bitsOf(count: number): number {
  return Math.max(0, Math.floor(Math.log2(count / SHARD)));
}

/** Seals who a family is for the custodians; `at` has its number in the mailbox and in the case. */
async function encloseWho(
  web: Web,
  sight: Sight,
  keys: FamilyKeys,
  at: readonly [slot: number, n: number],
  told: Pick<Told, "person" | "originals">,
): Promise<Record> {
  const { name = "", address = "", phone, soldier } = told.person ?? {};
  const person: PersonalDetails = {
    ...head("identity", at[1], sight),
    ...{ name, address, ...(phone && { phone }), ...(soldier && { soldier }) },
    ...(told.originals.length > 0 && { originals: told.originals.map((one) => one.file) }),
  };
  return enclose(web, sight, keys, at[0], person, custodiansOf(sight.intake), told.originals);
}

function nextOf({ reply, box }: Mail): number {
  const known = box.sent + box.replies;
  return Math.max(Math.min(reply?.n ?? 0, known + LEAP - 1), known) + 1; // beyond a leap no desk counts on
}

function readersFor(sight: Sight, mail: Mail): readonly string[] {
  return mail.reply && isInOffice(sight, mail) ? [mail.reply.recipient] : readersOf(sight.intake);
}

async function enclose(
  web: Web,
  sight: Sight,
  keys: FamilyKeys,
  number: number,
  said: FamilySays,
  recipients: readonly string[],
  files: readonly Attached[],
): Promise<Record> {
  const { intake, now, bits } = sight;
  const place = { g: intake.group, charter: intake.charter, s: familySlot(keys.box, "f", number) };
  const sealed = await seal(body.write(said, place, keys.sign), [...new Set(recipients)], placesOf(intake));
  const blobs = files.map(({ blob: { id, bucket } }) => ({ id, bucket }));
  return makeEnvelope({ place, now, bits, blobs }, sealed, () => web.pause(0));
}

function head<Type extends string>(t: Type, n: number, sight: Sight): { t: Type; v: 1; n: number; at: string } {
  const day = new Date((sight.now - (sight.now % DAY)) * 1000);
  return { t, v: 1, n, at: day.toISOString().slice(0, 10) };
}

function recordsOf(shard: Uint8Array): Record[] {
  const lines = new TextDecoder().decode(shard).split("\n").filter((one) => one !== "");
  return lines.reduce<Record[]>((all, one) => {
    try {
      return [...all, check(JSON.parse(one))];
    } catch {
      return all; // what is no record is no answer
    }
  }, []);
}

interface Answer {
  readonly records: readonly unknown[];
  readonly now: number;
  readonly bits: number; // of work, as many as it asks
  readonly address: string;
  readonly nodes: readonly string[];
}

function readAnswer(told: { readonly [name: string]: unknown } | null): Answer | null {
  const { records, now, bits, address, nodes } = told ?? {};
  if (!Array.isArray(records) || !isCount(now) || now > LATEST) return null;
  return {
    records: records as unknown[],
    now,
    bits: isCount(bits) ? Math.max(bits, WORK_LEAST) : WORK_LEAST,
    address: typeof address === "string" ? slashed(address) : "",
    nodes: readNodes(nodes),
  };
}

function isCount(one: unknown): one is number {
  return Number.isSafeInteger(one) && (one as number) >= 0;
}

/** Of what nodes say the time is, what this phone's clock says too, as nearly as one of them does. */
function nearest(times: readonly number[], phone: number): number {
  return times.reduce((one, other) => (Math.abs(other - phone) < Math.abs(one - phone) ? other : one));
}

function readNodes(told: unknown): string[] {
  const found = Array.isArray(told) ? told : [];
  return found.filter((one): one is string => typeof one === "string" && /^https?:\/\/[^\s"'<>]+$/.test(one)).map(slashed);
}

function slashed(url: string): string {
  return url === "" || url.endsWith("/") ? url : `${url}/`;
}
