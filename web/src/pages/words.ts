/** Words: English in the source; built, a sentence is its number in what the page brings along. */
export type Say = (sentence: string | number, filled?: { readonly [name: string]: string }) => string;

export function speaker(words: readonly string[]): Say {
  return (sentence, filled = {}) =>
    Object.keys(filled).reduce(
      (text, name) => text.split(`{${name}}`).join(filled[name] ?? ""),
      typeof sentence === "number" ? (words[sentence] ?? "") : sentence,
    );
}

/** A moment with its zone, in the page's language. */
export function moment(lang: string, at: number): string {
  return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, {
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  }).format(new Date(at * 1000));
}

/** A day that was written as 2026-11-26, in the page's language. */
export function day(lang: string, written: string): string {
  return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(new Date(`${written}T00:00:00Z`));
}
