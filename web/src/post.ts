/** post: a group's text in one language; it may translate, correct or adopt another. */
import { POST_TEXT, TITLE } from "./limits";
import type { Record } from "./record";
import { Refused } from "./refused";
import type { SaidFact } from "./standing";
import { readId, readText } from "./tags";

export const NUMBER = 3963;
const NAMES = ["g", "charter", "title", "lang", "as"];
const FORMS = ["manifesto", "appeal", "post"];
const TIES = ["translates", "corrects", "adopts"];

export interface Post extends SaidFact {
  readonly title: string;
  readonly lang: string;
  readonly text: string;
}

/** Reads a post; `bad-tags` or `bad-text`. */
export function read(record: Record): Post {
  const head = record.tags.slice(0, NAMES.length);
  const isHead = NAMES.every((name, i) => head[i]?.[0] === name && head[i]?.length === 2);
  const [group, charter, title, lang, form] = head.map((tag) => tag[1] ?? "") as
    [string, string, string, string, string];
  if (!isHead || !FORMS.includes(form)) throw new Refused("bad-tags");
  readText(title, TITLE);
  readText(record.content, POST_TEXT);
  readId(group);
  readId(charter);
  if (!/^[a-z]{2}$/.test(lang)) throw new Refused("bad-tags");
  let least = 0;
  for (const tag of record.tags.slice(NAMES.length)) {
    const place = TIES.indexOf(tag[0] ?? "");
    if (tag.length !== 2 || place < least) throw new Refused("bad-tags");
    readId(tag[1]);
    least = place + 1;
  }
  return { record: record.id, group, charter, author: record.pubkey, title, lang, text: record.content };
}
