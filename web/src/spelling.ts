/** Spelling: what two copies of one text have in common, as docs/protocol/check.md writes it down. */

const UNSEEN =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]/g;
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

/** A text without what copying changes and without the marks of our Markdown. */
export function plain(text: string): string {
  return joined(lines(text).map((line) => unmarked(linked(line, (words) => words))));
}

/** The same as a page shows it: behind the words of a link stands its host. */
export function shown(text: string): string {
  return joined(lines(text).map((line) => unmarked(linked(line, withHost))));
}

/** The same with the marks where they are: a copy whose lines were joined has them too. */
export function marked(text: string): string {
  return joined(lines(text));
}

function lines(text: string): string[] {
  const seen = SAME.reduce(
    (made, [old, put]) => made.replace(old, put),
    text.normalize("NFC").replace(UNSEEN, ""),
  );
  return seen.split(LINES).map(squeezed);
}

function joined(all: readonly string[]): string {
  return squeezed(all.join(" "));
}

function squeezed(text: string): string {
  return text.replace(SPACES, " ").replace(/^ | $/g, "");
}

/**
 * A line with every link written otherwise: `[words](address)`, as one search after another would
 * find it. One way through the line: an expression would begin anew at every bracket of a hostile one.
 */
function linked(line: string, written: (words: string, address: string) => string): string {
  const pieces: string[] = [];
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
    pieces.push(line.slice(done, begun), written(line.slice(begun + 1, shut), line.slice(shut + 2, stop)));
    at = done = stop = stop + 1;
  }
  return pieces.join("") + line.slice(done);
}

function withHost(words: string, address: string): string {
  const host = /^[a-z]+:\/\/([^/?#]*)/.exec(address);
  return host ? `${words} (${host[1] ?? ""})` : words;
}

function unmarked(line: string): string {
  const rest = line.replace(HEAD, "");
  return rest.replace(/[*_]+/g, (run: string, at: number) => {
    const end = at + run.length;
    const isAlone = (at === 0 || rest[at - 1] === " ") && (end === rest.length || rest[end] === " ");
    return isAlone && run.length === 1 ? run : "";
  });
}
