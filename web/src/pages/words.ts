/** Words: English in the source; built, a sentence is its number in what the page brings along. */
export type Say = (sentence: string | number, filled?: { readonly [name: string]: string }) => string;

export function speaker(words: readonly string[]): Say {
  return (sentence, filled = {}) =>
    Object.keys(filled).reduce(
      (text, name) => text.split(`{${name}}`).join(filled[name] ?? ""),
      typeof sentence === "number" ? (words[sentence] ?? "") : sentence,
    );
}

const AHEAD: { readonly [lang: string]: number } = { ru: 3 }; // hours; the catalogue names the zone

/** A moment as pages say it, of Moscow in Russian: no "GMT+5", which the browser would say of this phone. */
export function moment(say: Say, lang: string, at: number): string {
  const time = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, {
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "UTC",
  }).format(new Date((at + 3_600 * (AHEAD[lang] ?? 0)) * 1000));
  return say("{time} UTC", { time });
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
