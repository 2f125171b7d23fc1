/** Voucher codes: six blocks of six digits; block i holds a 16-bit number w as 11 * w + i. */
import { CODE_BLOCKS } from "./limits";

export interface Part {
  readonly kid4: string;
  readonly secret: string;
}

/** What is known of a code while it is typed: which blocks are wrong, and the part once it is whole. */
export interface Typed {
  readonly digits: string;
  readonly wrong: readonly number[];
  readonly part: Part | null;
}

export function read(text: string): Typed {
  const digits = text.replace(/[^0-9]/g, "");
  const blocks = digits.match(/[0-9]{6}/g) ?? [];
  const wrong = blocks
    .slice(0, CODE_BLOCKS)
    .flatMap((block, i) => (isRight(i, Number(block)) ? [] : [i]));
  const isWhole = digits.length === 6 * CODE_BLOCKS && wrong.length === 0;
  if (!isWhole) return { digits, wrong, part: null };
  const hex = blocks.map((block) => Math.floor(Number(block) / 11).toString(16).padStart(4, "0"));
  return { digits, wrong, part: { kid4: hex[0] ?? "", secret: hex.slice(1).join("") } };
}

function isRight(place: number, block: number): boolean {
  return block % 11 === place && Math.floor(block / 11) < 65_536;
}
