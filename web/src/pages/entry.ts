/** Entry: what this phone holds of one signing, in one place of its storage, and nothing besides. */
import { Refused } from "../refused";
import { isHex } from "../strict";
import type { World } from "./world";

/** One code on its way: what its desk is asked, and, once it has come, the stamp. */
export interface Asked {
  readonly group: string;
  readonly kid: string;
  /** Dropped when the stamp verifies. `body` is sent again as it is: anew would be another question. */
  readonly body?: string;
  readonly factor?: string;
  readonly stamp?: string;
}

export type Step = "codes" | "asked" | "signed" | "sent" | "counted";

export interface Entry {
  readonly step: Step;
  /** Codes that came by address and wait for the others: 36 digits each. */
  readonly codes?: readonly string[];
  readonly keep?: boolean;
  readonly option?: string;
  readonly region?: string;
  readonly secretKey?: string;
  readonly asked?: readonly Asked[];
  /** The signature, as it is sent. */
  readonly line?: string;
  /** Addresses of nodes that accepted it, and when it is shown. */
  readonly taken?: readonly string[];
  readonly until?: number;
}

const STEPS = ["codes", "asked", "signed", "sent", "counted"];

/** The one place; what another tab wrote in the meantime is never written over. */
export class Place {
  private seen: string | null = null;

  constructor(
    private readonly world: World,
    petition: string,
  ) {
    this.name = `wayhome/${petition}`;
  }

  private readonly name: string;

  /** Reads what is held; null when nothing is, or nothing that this page wrote. */
  read(): Entry | null {
    try {
      this.seen = this.world.storage.getItem(this.name);
      const found = JSON.parse(this.seen ?? "null") as Entry | null;
      return found !== null && STEPS.includes(found.step) ? found : null;
    } catch {
      return null;
    }
  }

  /**
   * Keeps an entry and reads it back.
   *
   * Throws `no-storage` when the browser keeps nothing, `other-tab` when another tab has gone on.
   */
  write(entry: Entry): Entry {
    const text = JSON.stringify(entry);
    if (this.world.storage.getItem(this.name) !== this.seen) throw new Refused("other-tab");
    try {
      this.world.storage.setItem(this.name, text);
    } catch {
      throw new Refused("no-storage");
    }
    if (this.world.storage.getItem(this.name) !== text) throw new Refused("no-storage");
    this.seen = text;
    return entry;
  }

  forget(): void {
    this.world.storage.removeItem(this.name);
    this.seen = null;
  }
}

/** Tells of a signature whose key is still here, so that it can be taken back. */
export function canWithdraw(entry: Entry): boolean {
  return entry.step === "counted" && isHex(entry.secretKey, 32);
}
