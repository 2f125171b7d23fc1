/** Genuine: is this text really ours? A text against everything official that is known here. */
import { changes, weight, type Change } from "./changes";
import { marked, plain, shown } from "./spelling";

const LONGEST = 41_000;
/** Characters of a link that is asked about. */
const LINK = 2_000;
/** Marks on one letter: normalizing takes as long as their number squared. */
const STACK = 1_000;
const SHORTEST = 20;
const NEAR = 0.5;
const LONG = 16;
const SHORT = 5;
const PIECE = 0.8;
const NUMBER = /^[0-9a-f]{64}$/;
const ADDRESS =
  /^https?:\/\/[^\s]*\/(?:(?:post|petition|poll)\/([0-9a-f]{64})[^\s]*|s\/([0-9a-f]{16}))$/;

export interface Known {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

export interface Answer {
  readonly word: "genuine" | "altered" | "unknown" | "too-short" | "too-long";
  readonly ids: readonly string[];
  /** Only a piece of the record. */
  readonly isPart: boolean;
  readonly changes: readonly Change[];
}

interface Spelt {
  readonly id: string;
  /** Each with the place where its title ends. */
  readonly spellings: readonly (readonly [string, number])[];
}

/** Says of a text whether it is official, nearly so, or nobody's we know. */
export function judge(asked: string, known: readonly Known[]): Answer {
  if ([...asked].length > LONGEST) return answer("too-long");
  if (isStacked(asked)) return answer("unknown");
  const text = plain(asked);
  if ([...text].length < SHORTEST) return answer("too-short");
  const every = known.map(spelt);
  const copies = [text, marked(asked)];
  const whole = every.filter((one) => isWhole(one, copies)).map((one) => one.id);
  if (whole.length > 0) return answer("genuine", whole);
  const part = every.filter((one) => hasPiece(one, copies)).map((one) => one.id);
  return part.length > 0 ? answer("genuine", part, true) : nearest(text, every);
}

/** The id, or the 16 digits it begins with, when all that is asked is a number or link. */
export function namedIn(asked: string): string {
  const said = asked.trim();
  if ([...said].length > LINK) return "";
  const number = said.replace(/\s/g, "");
  if (NUMBER.test(number)) return number;
  const found = ADDRESS.exec(said);
  return found?.[1] ?? found?.[2] ?? "";
}

/** Tells whether a letter bears more marks than any writing has. */
function isStacked(text: string): boolean {
  let marks = 0;
  for (const sign of text) {
    marks = sign > "\u02ff" && /\p{M}/u.test(sign) ? marks + 1 : 0;
    if (marks > STACK) return true;
  }
  return false;
}

function answer(
  word: Answer["word"],
  ids: readonly string[] = [],
  isPart = false,
  found: readonly Change[] = [],
): Answer {
  return { word, ids, isPart, changes: found };
}

function spelt({ id, title, text }: Known): Spelt {
  const found = new Map<string, number>();
  for (const spell of [plain, shown, marked]) {
    found.set(`${spell(title)} ${spell(text)}`, spell(title).length + 1);
  }
  return { id, spellings: [...found] };
}

/** Leaves out the text's own number behind a copy: pages hand both out together. */
function unnumbered(id: string, copy: string): string {
  return copy.endsWith(` ${id}`) ? copy.slice(0, -id.length - 1) : copy;
}

function isWhole({ id, spellings }: Spelt, copies: readonly string[]): boolean {
  const asked = copies.map((copy) => unnumbered(id, copy));
  return spellings.some(([whole, end]) =>
    asked.some((copy) => copy === whole || copy === whole.slice(0, end - 1) || copy === whole.slice(end)),
  );
}

function hasPiece({ id, spellings }: Spelt, copies: readonly string[]): boolean {
  return spellings.some(([whole]) => copies.some((copy) => isPiece(whole, unnumbered(id, copy))));
}

function isPiece(whole: string, copy: string): boolean {
  for (let at = whole.indexOf(copy); at >= 0; at = whole.indexOf(copy, at + 1)) {
    if (!isWithin(whole, at) && !isWithin(whole, at + copy.length)) return true;
  }
  return false;
}

/** Tells whether a place lies between two letters or digits of one word. */
function isWithin(text: string, at: number): boolean {
  return at > 0 && at < text.length && isLetter(text[at - 1] ?? "") && isLetter(text[at] ?? "");
}

function isLetter(sign: string): boolean {
  return sign.toLowerCase() !== sign.toUpperCase() || (sign >= "0" && sign <= "9");
}

function nearest(text: string, every: readonly Spelt[]): Answer {
  const asked = words(text);
  const near = every
    .map((one): [number, Spelt] => [likeness(asked, words(one.spellings[0]?.[0] ?? "")), one])
    .filter(([close]) => close >= NEAR)
    .sort(([one, a], [other, b]) => other - one || (a.id < b.id ? 1 : -1));
  const best = near[0]?.[1];
  if (!best) return answer("unknown");
  const askedFor = unnumbered(best.id, text);
  const found = best.spellings.flatMap(([whole, end]) =>
    // whoever copied the text alone did not leave out the title
    [whole, whole.slice(end)].map((official): [Change[], boolean] => {
      const isPart = askedFor.length < PIECE * official.length;
      return [changes(official, askedFor, isPart), isPart];
    }),
  );
  const fewest = found.reduce((one, other) => (weight(other[0]) < weight(one[0]) ? other : one));
  return answer("altered", near.map(([, one]) => one.id), fewest[1], fewest[0]);
}

function words(text: string): string[] {
  const found = text.toLowerCase().replace(/[!-/:-@[-`{-~]/g, " ").split(" ");
  return found.filter((word) => word !== "");
}

function likeness(asked: readonly string[], known: readonly string[]): number {
  const [shorter, longer] = [asked.length, known.length].sort((a, b) => a - b) as [number, number];
  const size = shorter >= LONG ? 3 : longer < LONG && shorter <= 2 * SHORT ? 1 : 2;
  const [one, two] = [shingles(asked, size), shingles(known, size)];
  return [...one].filter((each) => two.has(each)).length / (Math.min(one.size, two.size) || 1);
}

function shingles(all: readonly string[], size: number): Set<string> {
  const found = new Set<string>();
  for (let i = 0; i + size <= all.length; i += 1) found.add(all.slice(i, i + size).join(" "));
  return found;
}
