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
const LINK = /\[([^\]]*)\]\(([^) ]*)\)/g;
const HEAD = /^(?:#{1,6} |> ?|[-*+] |[0-9]{1,3}[.)] )/;

/** A text without what copying changes and without the marks of our Markdown. */
export function plain(text: string): string {
  return joined(lines(text).map((line) => unmarked(line.replace(LINK, "$1"))));
}

/** The same as a page shows it: behind the words of a link stands its host. */
export function shown(text: string): string {
  return joined(lines(text).map((line) => unmarked(line.replace(LINK, withHost))));
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

function withHost(_: string, words: string, address: string): string {
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
