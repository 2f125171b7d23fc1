/** Mailbox: the envelopes of one receipt, found among all slots of a group without asking for any. */
import { randomBytes } from "@noble/hashes/utils.js";
import { SLOT_BYTES } from "./limits";
import { familySlot } from "./slots";

const AHEAD = 8; // numbers looked for beyond the newest one that is there
const BACK = 32; // answers looked through: whoever knows the box can lay something else into the newest

/** What is in a mailbox: how many messages and replies there were, and the replies' slots, the newest first. */
export interface Mailbox {
  readonly sent: number;
  readonly replies: number;
  readonly answers: readonly string[];
}

/** Looks for a family's slots in the list of all: 16 bytes each, in any order. */
export function mailboxOf(list: Uint8Array, box: Uint8Array): Mailbox {
  const there = new Set<string>();
  for (let at = 0; at + SLOT_BYTES <= list.length; at += SLOT_BYTES) {
    there.add(hexOf(list.subarray(at, at + SLOT_BYTES)));
  }
  const count = (way: "f" | "r"): number => {
    let next = 0;
    for (let number = 0; number < next + AHEAD; number += 1) {
      if (there.has(familySlot(box, way, number))) next = number + 1;
    }
    return next;
  };
  const [sent, replies] = [count("f"), count("r")];
  const answers: string[] = [];
  for (let number = replies - 1; number >= 0 && answers.length < BACK; number -= 1) {
    const slot = familySlot(box, "r", number);
    if (there.has(slot)) answers.push(slot);
  }
  return { sent, replies, answers };
}

/** The shard to take: the one with the newest reply, else any, so that a node sees no difference. */
export function shardOf(newest: string | undefined, bits: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = newest === undefined ? randomBytes(4) : bytesOf(newest);
  return Math.floor((((a << 24) | (b << 16) | (c << 8) | d) >>> 0) / 2 ** (32 - bits));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(slot: string): number[] {
  return [0, 2, 4, 6].map((at) => parseInt(slot.slice(at, at + 2), 16));
}
