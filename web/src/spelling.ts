/** Spelling: what two copies of one text have in common, as docs/protocol/check.md writes it down. */

/** Stands where a mark was; texts have it nowhere else. */
const LEFT_OUT = "\0";
const UNSEEN =
  /[\0\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200e\u202a\u202c\u2060-\u2066\u2068-\u206f\ufe00-\ufe0f\ufeff]/g;
const SAME: readonly (readonly [RegExp, string])[] = [
  [/ё/g, "е"],
  [/Ё/g, "Е"],
  [/[«»„“”‟〝〞＂]/g, '"'],
  [/[‘’‚‛ʼ`´]/g, "'"],
  [/[‐‑‒–—―−]/g, "-"],
  [/…/g, "..."],
];
const LINES = /\r\n|[\n\v\f\r\u001c-\u001e\u0085\u2028\u2029]/;
const SPACES = /[\t-\r\u001c- \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
const TARGET_END = /[) ]/g;
const HEAD = /^(?:#{1,6} |> ?|[-*+] |[0-9]{1,3}[.)] )/;

/** A text as it is compared, and each mark left out: signs before it, spaces aside, and what it was. */
export interface Spelling {
  readonly text: string;
  readonly marks: readonly (readonly [number, string])[];
}

/** A text without what copying changes and without the marks of our Markdown. */
export function plain(text: string): Spelling {
  return spelt(text, (words) => words);
}

/** The same as a page shows it: behind the words of a link stands its host. */
export function shown(text: string): Spelling {
  return spelt(text, withHost);
}

/** The same with the marks where they are: a copy whose lines were joined has them too. */
export function marked(text: string): Spelling {
  return { text: squeezed(lines(text).join(" ")), marks: [] };
}

/** How many signs a spelling has, spaces aside. */
export function signs(text: string): number {
  return text.replace(/ /g, "").length;
}

function lines(text: string): string[] {
  const seen = SAME.reduce(
    (made, [old, put]) => made.replace(old, put),
    text.normalize("NFC").replace(UNSEEN, ""),
  );
  return seen.split(LINES).map(squeezed);
}

function squeezed(text: string): string {
  return text.replace(SPACES, " ").replace(/^ | $/g, "");
}

function spelt(text: string, written: (words: string, address: string) => string): Spelling {
  const blocks: { lines: string[]; marks: string[] }[] = [{ lines: [], marks: [] }];
  for (const line of lines(text)) {
    let { said, marks } = linked(line, written);
    const head = HEAD.exec(said)?.[0];
    if (head !== undefined) [said, marks] = [LEFT_OUT + said.slice(head.length), [head, ...marks]];
    if (head !== undefined || line === "") blocks.push({ lines: [], marks: [] });
    blocks[blocks.length - 1]?.lines.push(said);
    blocks[blocks.length - 1]?.marks.push(...marks);
  }
  const found = blocks.map((one) => unmarked(one.lines.join(" "), one.marks));
  const parts = found.map((one) => one.said).join(" ").split(LEFT_OUT);
  const all = found.flatMap((one) => one.marks);
  let before = 0;
  const marks = all.map((mark, i): [number, string] => [(before += signs(parts[i] ?? "")), mark]);
  return { text: squeezed(parts.join("")), marks };
}

/**
 * A line with every link written otherwise: `[words](address)`, as one search after another would
 * find it. One way through the line: an expression would begin anew at every bracket of a hostile one.
 */
function linked(
  line: string,
  written: (words: string, address: string) => string,
): { said: string; marks: string[] } {
  const pieces: string[] = [];
  const marks: string[] = [];
  let [done, stop] = [0, 0];
  for (let at = line.indexOf("["); at >= 0; at = line.indexOf("[", at)) {
    const shut = line.indexOf("]", at);
    if (shut < 0) break;
    const begun = at;
    at = shut; // brackets before it that are still open end there too
    if (!line.startsWith("](", shut)) continue;
    if (stop < shut + 2) {
      TARGET_END.lastIndex = shut + 2;
      stop = TARGET_END.exec(line)?.index ?? line.length;
    }
    if (line[stop] !== ")") continue;
    const address = line.slice(shut + 2, stop);
    pieces.push(line.slice(done, begun), LEFT_OUT, written(line.slice(begun + 1, shut), address), LEFT_OUT);
    marks.push("[", address);
    at = done = stop = stop + 1;
  }
  return { said: pieces.join("") + line.slice(done), marks };
}

function withHost(words: string, address: string): string {
  const host = /^[a-z]+:\/\/([^/?#]*)/.exec(address);
  return host ? `${words} (${host[1] ?? ""})` : words;
}

/** Leaves out emphasis; the known are the marks whose places are there already. */
function unmarked(block: string, known: readonly string[]): { said: string; marks: string[] } {
  if (!/[*_]/.test(block)) return { said: block, marks: [...known] };
  const left = [...known].reverse();
  const pairs = paired(block);
  const marks: string[] = [];
  const said = block.replace(/\*+|_+|\0/g, (run, at: number) => {
    if (run === LEFT_OUT) return marks.push(left.pop() ?? ""), LEFT_OUT;
    const number = pairs.get(at) ?? 0;
    if (number === 0) return run;
    // messengers write one star where we have two; an underline more is another name
    marks.push(run.startsWith("*") ? "*" : "_".repeat(number));
    return run.slice(number) + LEFT_OUT;
  });
  return { said, marks };
}

/**
 * How many of each run of stars or underlines, by its place, are emphasis. CommonMark, 6.2, but for
 * its multiples of three. What has no pair is a sign: of a sum, a name.
 */
function paired(block: string): Map<number, number> {
  const found = new Map<number, number>();
  const opened: Record<string, [number, number][]> = { "*": [], _: [] };
  const runs = /\*+|_+/g; // and no matchAll: phones of 2020 have none
  for (let run = runs.exec(block); run; run = runs.exec(block)) {
    const sign = run[0][0] ?? "";
    const at = run.index;
    let size = run[0].length;
    const [opens, closes] = flanks(sign, signBefore(block, at), signAt(block, at + size));
    const [own, other] = [opened[sign] ?? [], opened[sign === "*" ? "_" : "*"] ?? []];
    while (closes && size > 0) {
      const last = own.pop();
      if (!last) break;
      const [place, left] = last;
      const number = Math.min(size, left);
      size -= number;
      found.set(place, (found.get(place) ?? 0) + number);
      found.set(at, (found.get(at) ?? 0) + number);
      if (left > number) own.push([place, left - number]);
      while ((other[other.length - 1]?.[0] ?? -1) > place) other.pop();
    }
    if (opens && size > 0) own.push([at, size]);
  }
  return found;
}

/** Whether a run may open and may close emphasis, by what stands beside it. */
function flanks(sign: string, before: string, after: string): [boolean, boolean] {
  const left = !isSpace(after) && (isWord(after) || !isWord(before));
  const right = !isSpace(before) && (isWord(before) || !isWord(after));
  if (sign === "*") return [left, right];
  return [left && !(right && isWord(before)), right && !(left && isWord(after))];
}

function isSpace(sign: string): boolean {
  return sign === "" || sign === " ";
}

function isWord(sign: string): boolean {
  return /^[\p{L}\p{N}]$/u.test(sign);
}

function signAt(text: string, at: number): string {
  return String.fromCodePoint(...[text.codePointAt(at)].filter((one) => one !== undefined));
}

function signBefore(text: string, at: number): string {
  const isPair = at > 1 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 2, at));
  return text.slice(at - (isPair ? 2 : 1), at);
}
