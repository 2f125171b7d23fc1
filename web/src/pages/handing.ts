/** Handing: sealed envelopes and attachments go to nodes, and each says whether it is durable there. */
import { line, type Record } from "../record";
import type { Attachment } from "../sealedfile";
import { ask, json, post, type World } from "./world";

export const AT = 2; // nodes: one may be gone tomorrow
const TRIES = 3;
const AT_ONCE = 3; // chunks under way: else a slow line waits for each answer
const SLOW = 120_000; // milliseconds: a chunk is 256 KiB

type Web = Pick<World, "fetch">;

/** Which nodes have it; of the others, why not. */
export interface Handed {
  readonly taken: readonly string[];
  readonly refused: readonly string[];
}

/** Hands an envelope to nodes, in their order, until two have it. */
export async function hand(web: Web, envelope: Record, nodes: readonly string[]): Promise<Handed> {
  const taken: string[] = [];
  const refused: string[] = [];
  for (const url of nodes) {
    if (taken.length === AT) break;
    const told = json(await ask(web, `${url}records`, post(line(envelope))));
    if ([told?.["kept"], told?.["held"]].includes(envelope.id)) taken.push(url);
    else refused.push(typeof told?.["refused"] === "string" ? told["refused"] : "no-answer");
  }
  return { taken, refused };
}

/** Hands an attachment to one node; what is there already is not sent again. */
export async function give(web: Web, blob: Attachment, url: string, told: (part: number) => void): Promise<boolean> {
  const way = `${url}blob/${blob.id}`;
  if (!(await put(web, `${way}/list`, blob.hashes))) return false;
  const have = (await ask(web, `${way}/have`))?.body ?? new Uint8Array();
  const missing = [...blob.chunks.keys()].filter((i) => ((have[i >> 3] ?? 0) & (0x80 >> (i & 7))) === 0);
  let isTaken = true;
  const carry = async (): Promise<void> => {
    for (let i = missing.shift(); i !== undefined && isTaken; i = missing.shift()) {
      told(i / blob.chunks.length);
      isTaken = (await put(web, `${way}/${i}`, blob.chunks[i] ?? new Uint8Array())) && isTaken;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, carry));
  return isTaken;
}

async function put(web: Web, url: string, bytes: Uint8Array): Promise<boolean> {
  const init = { method: "PUT", headers: { "content-type": "application/octet-stream" }, body: bytes.slice() };
  for (let i = 0; i < TRIES; i += 1) {
    const reply = await ask(web, url, init, SLOW);
    if (reply !== null) return reply.status === 200;
  }
  return false;
}
