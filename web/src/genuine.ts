/** Genuine: is this text really ours? A text against everything official that is known here. */
import { changes, weight, type Change } from "./changes";
import { marked, plain, shown, signs, type Spelling } from "./spelling";

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
/** Where a text has a piece but other marks: then it is looked for no more. */
const PLACES = 100;
const NUMBER = /^[0-9a-f]{64}$/;
const ADDRESS =
  /^https?:\/\/[^\s]*\/(?:(?:post|petition|poll|group)\/([0-9a-f]{64})[^\s]*|s\/([0-9a-f]{16}))$/;

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

/** One spelling of an official text, with its title and the place where that ends. */
interface Whole {
  readonly text: string;
  readonly end: number;
  readonly marks: ReadonlySet<string>;
}

interface Spelt {
  readonly id: string;
  /** The last has its marks where they are. */
  readonly spellings: readonly Whole[];
}

/** Says of a text whether it is official, nearly so, or nobody's we know. */
export function judge(asked: string, known: readonly Known[]): Answer {
  if ([...asked].length > LONGEST) return answer("too-long");
  if (isStacked(asked)) return answer("unknown");
  const copies: [Spelling, Spelling] = [plain(asked), marked(asked)];
  if ([...copies[0].text].length < SHORTEST) return answer("too-short");
  const every = known.map(spelt);
  const whole = every.filter((one) => isWhole(one, copies)).map((one) => one.id);
  if (whole.length > 0) return answer("genuine", whole);
  const part = every.filter((one) => hasPiece(one, copies)).map((one) => one.id);
  return part.length > 0 ? answer("genuine", part, true) : nearest(copies, every);
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
  const found = new Map<string, Whole>();
  for (const spell of [plain, shown, marked]) {
    const [head, body] = [spell(title), spell(text)];
    const before = signs(head.text);
    const marks = [...head.marks, ...body.marks.map(([at, mark]): [number, string] => [at + before, mark])];
    const whole = { text: `${head.text} ${body.text}`, end: head.text.length + 1, marks: new Set(marks.map(placed)) };
    const key = [whole.text, ...[...whole.marks].sort()].join("\n");
    if (!found.has(key)) found.set(key, whole);
  }
  return { id, spellings: [...found.values()] };
}

function placed([at, mark]: readonly [number, string]): string {
  return `${at} ${mark}`;
}

/** Leaves out the text's own number behind a copy: pages hand both out together. */
function unnumbered(id: string, { text, marks }: Spelling): Spelling {
  return { text: text.endsWith(` ${id}`) ? text.slice(0, -id.length - 1) : text, marks };
}

function isWhole({ id, spellings }: Spelt, copies: readonly Spelling[]): boolean {
  const asked = copies.map((copy) => unnumbered(id, copy));
  return spellings.some((whole) => asked.some((copy) => isSaidBy(whole, copy)));
}

function hasPiece({ id, spellings }: Spelt, copies: readonly Spelling[]): boolean {
  return spellings.some((whole) => copies.some((copy) => isPiece(whole, unnumbered(id, copy))));
}

function isSaidBy(whole: Whole, copy: Spelling): boolean {
  const { text, end } = whole;
  if (copy.text === text || copy.text === text.slice(0, end - 1)) return hasMarks(whole, copy, 0);
  return copy.text === text.slice(end) && hasMarks(whole, copy, signs(text.slice(0, end)));
}

function isPiece(whole: Whole, copy: Spelling): boolean {
  const { text } = whole;
  let [done, before, tries] = [0, 0, 0];
  for (let at = text.indexOf(copy.text); at >= 0 && tries < PLACES; at = text.indexOf(copy.text, at + 1)) {
    before += signs(text.slice(done, at));
    done = at;
    if (isWithin(text, at) || isWithin(text, at + copy.text.length)) continue;
    if (hasMarks(whole, copy, before)) return true;
    tries += 1;
  }
  return false;
}

/** Tells whether nothing was left out of a copy but marks that stand here in their place. */
function hasMarks(whole: Whole, copy: Spelling, before: number): boolean {
  return copy.marks.every(([at, mark]) => whole.marks.has(placed([at + before, mark])));
}

/** Tells whether a place lies between two letters or digits of one word. */
function isWithin(text: string, at: number): boolean {
  return at > 0 && at < text.length && isLetter(text[at - 1] ?? "") && isLetter(text[at] ?? "");
}

function isLetter(sign: string): boolean {
  return sign.toLowerCase() !== sign.toUpperCase() || (sign >= "0" && sign <= "9");
}

function nearest(copies: readonly [Spelling, Spelling], every: readonly Spelt[]): Answer {
  const asked = words(copies[0].text);
  const near = every
    .map((one): [number, Spelt] => [likeness(asked, words(one.spellings[0]?.text ?? "")), one])
    .filter(([close]) => close >= NEAR)
    .sort(([one, a], [other, b]) => other - one || (a.id < b.id ? 1 : -1));
  const best = near[0]?.[1];
  if (!best) return answer("unknown");
  let found = fewest(best.spellings, unnumbered(best.id, copies[0]).text);
  // what differs is a mark: the address of a link, a point's number
  if (found[0].length === 0) found = fewest(best.spellings.slice(-1), unnumbered(best.id, copies[1]).text);
  return answer("altered", near.map(([, one]) => one.id), found[1], found[0]);
}

/** What differs from the nearest spelling, and whether only a piece was asked about. */
function fewest(spellings: readonly Whole[], asked: string): [Change[], boolean] {
  const found = spellings.flatMap(({ text, end }) =>
    // whoever copied the text alone did not leave out the title
    [text, text.slice(end)].map((official): [Change[], boolean] => {
      const isPart = asked.length < PIECE * official.length;
      return [changes(official, asked, isPart), isPart];
    }),
  );
  return found.reduce((one, other) => (weight(other[0]) < weight(one[0]) ? other : one));
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
