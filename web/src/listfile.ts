/** List file: the ids that a sum in a closing list stands for, 32 bytes each, ascending, joined. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

const ID_BYTES = 32;

/** A set of ids that keeps to its bytes; null is what is no such file. */
export class ListFile {
  readonly sum: string;

  private constructor(private readonly joined: Uint8Array) {
    this.sum = bytesToHex(sha256(joined));
  }

  static of(content: Uint8Array): ListFile | null {
    const file = new ListFile(content);
    if (content.length % ID_BYTES !== 0) return null;
    for (let at = 1; at < file.size; at += 1) {
      const before = content.subarray((at - 1) * ID_BYTES, at * ID_BYTES);
      if (file.compare(at, before) <= 0) return null;
    }
    return file;
  }

  get size(): number {
    return this.joined.length / ID_BYTES;
  }

  has(id: string): boolean {
    const wanted = hexToBytes(id);
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = this.compare(middle, wanted);
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return false;
  }

  private compare(at: number, other: Uint8Array): number {
    for (let i = 0; i < ID_BYTES; i += 1) {
      const order = (this.joined[at * ID_BYTES + i] ?? 0) - (other[i] ?? 0);
      if (order !== 0) return order;
    }
    return 0;
  }
}
