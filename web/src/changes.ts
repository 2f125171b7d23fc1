/** Changes: the difference of two texts, word by word, in bounded time whatever they are. */

export interface Change {
  readonly official: string;
  readonly asked: string;
  /** Official words around it. */
  readonly before: string;
  readonly after: string;
}

type Gap = readonly [number, number, number, number];

const AROUND = 4;
const DEPTH = 24;
const FROM = "АВЕЗКМНОРСТУХаеорсухіјѕԁһ";
const TO = "ABE3KMHOPCTYXaeopcyxijsdh";

/** The difference of two texts; of a piece, what is missing at its ends is none. */
export function changes(official: string, asked: string, isPiece = false): Change[] {
  const [ours, theirs] = [official.split(" "), asked.split(" ")];
  return gaps(ours, theirs)
    .map((gap) => (isPiece ? within(gap, theirs.length) : gap))
    .filter(([a, b, c, d]) => a !== b || c !== d)
    .map(([a, b, c, d]) => ({
      official: ours.slice(a, b).join(" "),
      asked: theirs.slice(c, d).join(" "),
      before: ours.slice(Math.max(0, a - AROUND), a).join(" "),
      after: ours.slice(b, b + AROUND).join(" "),
    }));
}

/** Tells whether letters of another alphabet were put in that the eye does not tell apart. */
export function looksAlike({ official, asked }: Change): boolean {
  return official !== asked && alike(official) === alike(asked);
}

/** How many letters a difference takes. */
export function weight(found: readonly Change[]): number {
  return found.reduce((sum, one) => sum + one.official.length + one.asked.length, 0);
}

function alike(text: string): string {
  return [...text].map((sign) => TO[FROM.indexOf(sign)] ?? sign).join("");
}

function gaps(ours: readonly string[], theirs: readonly string[]): Gap[] {
  const found: Gap[] = [];
  const left: (readonly [number, Gap])[] = [[0, [0, ours.length, 0, theirs.length]]];
  for (let next = left.pop(); next; next = left.pop()) {
    const [a, b, c, d] = trimmed(ours, theirs, next[1]);
    if (a === b && c === d) continue;
    const depth = next[0];
    const between = depth < DEPTH ? anchors(ours.slice(a, b), theirs.slice(c, d)) : [];
    if (between.length === 0) {
      found.push([a, b, c, d]);
      continue;
    }
    const ends = [[a - 1, c - 1], ...between.map(([i, j]) => [a + i, c + j]), [b, d]] as [number, number][];
    for (let i = ends.length - 2; i >= 0; i -= 1) {
      const [[one, other], [to, there]] = [ends[i], ends[i + 1]] as [[number, number], [number, number]];
      left.push([depth + 1, [one + 1, to, other + 1, there]]);
    }
  }
  return found;
}

function within([a, b, c, d]: Gap, end: number): Gap {
  const from = c === 0 ? Math.max(a, b - d) : a;
  return d === end ? [from, Math.min(b, from + d - c), c, d] : [from, b, c, d];
}

function trimmed(ours: readonly string[], theirs: readonly string[], gap: Gap): Gap {
  let [a, b, c, d] = gap;
  while (a < b && c < d && ours[a] === theirs[c]) [a, c] = [a + 1, c + 1];
  while (a < b && c < d && ours[b - 1] === theirs[d - 1]) [b, d] = [b - 1, d - 1];
  return [a, b, c, d];
}

/** The longest run of words that stand once in each, in the order of both. */
function anchors(ours: readonly string[], theirs: readonly string[]): [number, number][] {
  const [here, there] = [counted(ours), counted(theirs)];
  const places = new Map(theirs.map((word, j) => [word, j]));
  const pairs = ours
    .map((word, i): [number, number] => [i, places.get(word) ?? -1])
    .filter(([i, j]) => j >= 0 && here.get(ours[i] ?? "") === 1 && there.get(theirs[j] ?? "") === 1);
  const ends: number[] = [];
  const last: number[] = [];
  const before: number[] = [];
  pairs.forEach(([, j], at) => {
    const size = place(ends, j);
    before.push(size > 0 ? (last[size - 1] ?? -1) : -1);
    ends[size] = j;
    last[size] = at;
  });
  const found: [number, number][] = [];
  for (let at = last[last.length - 1] ?? -1; at >= 0; at = before[at] ?? -1) {
    const pair = pairs[at];
    if (pair) found.unshift(pair);
  }
  return found;
}

function counted(words: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const word of words) found.set(word, (found.get(word) ?? 0) + 1);
  return found;
}

/** Where a number belongs among ascending ones. */
function place(ends: readonly number[], wanted: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
