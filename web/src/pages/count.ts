/** Count: this phone fetches a petition's records, checks every one and counts. */
import * as keys from "../keys";
import { json } from "../outcome";
import { counting } from "../recount";
import * as stamps from "../stamps";
import { button, make, note } from "./elements";
import { given, MEGABYTES, texts, TooMuch, type Given } from "./records";
import { speaker, type Say } from "./words";

const TRIED = 60; // milliseconds: some browsers tell the time in steps of 16 or more
const SLICE = 30; // milliseconds of work, after which the page may move
const RECORD_MEGABYTES = 0.00125;
const OTHERS = 3; // nodes that are asked until one answers
// a node refuses at its door what a count lists as refused, and fast leaves some things out
const NOT_COMPARED = ["refused", "records", "checked"];
const NOT_IN_FAST = ["windows", "regions"];

interface Said {
  readonly counted: number;
  readonly state: string;
  readonly records: number;
  readonly refused: { readonly [reason: string]: number };
  readonly [field: string]: unknown;
}

interface Asked {
  readonly say: Say;
  readonly lang: string;
  readonly petition: string;
  readonly root: string;
  readonly others: readonly string[];
  readonly records: number;
  readonly q: number;
  readonly mayBeFast: boolean;
  readonly reasons: { readonly [reason: string]: string };
}

const place = document.getElementById("count-here");
if (place) begin(place, read(place));

function read({ dataset }: HTMLElement): Asked {
  const of = (name: string): unknown => JSON.parse(dataset[name] ?? "[]");
  return {
    say: speaker(of("words") as string[]),
    lang: dataset["lang"] ?? "en",
    petition: dataset["petition"] ?? "",
    root: dataset["root"] ?? "",
    others: (of("nodes") as string[]).map((url) => `${url.replace(/\/+$/, "")}/`),
    records: Number(dataset["records"]),
    q: Number(dataset["q"]),
    mayBeFast: dataset["fast"] === "may",
    reasons: of("reasons") as Asked["reasons"],
  };
}

function begin(root: HTMLElement, asked: Asked): void {
  const { say } = asked;
  const said = make("div", { role: "status" });
  const found = make("div");
  const bar = make("progress", { max: "1", value: "0", "aria-label": say("Checked so far") });
  const fast = make("input", { type: "checkbox" });
  const act = button(say("Count on this phone"), "button", () => {
    act.disabled = true;
    found.replaceChildren(bar);
    const tell = (text: string, share: number): void => {
      bar.value = share;
      // words are read aloud: only new ones, and each tenth part
      if (said.textContent !== text) said.textContent = text;
    };
    void run(asked, fast.checked, tell).then(
      (pieces) => {
        said.textContent = say("Done.");
        found.replaceChildren(...pieces);
        act.disabled = false;
      },
      (thrown: unknown) => {
        said.textContent = thrown instanceof TooMuch ? tooMuch(asked) : say("The records could not be fetched. Try again later.");
        found.replaceChildren();
        act.disabled = false;
      },
    );
  });
  const expected = make("p", { class: "hint" });
  if (asked.records * RECORD_MEGABYTES > MEGABYTES) {
    root.replaceChildren(note(tooMuch(asked)));
    return;
  }
  const choice = make("label", { class: "choice" }, fast, make("span", {}, say("Faster: leave out checks that cannot change the total")));
  root.replaceChildren(expected, ...(asked.mayBeFast ? [choice] : []), make("p", { class: "row" }, act), said, found);
  // tried out after the page is drawn, for it takes a moment
  setTimeout(() => {
    const [sig, stamp] = pace();
    const tell = (): void => {
      const each = asked.q * stamp + (fast.checked ? 0 : sig);
      const filled = { records: number(asked, asked.records), size: number(asked, Math.ceil(asked.records * RECORD_MEGABYTES)), time: time(asked, asked.records * each) };
      expected.textContent = say("Records: {records}. To load: about {size} MB. Time to check them, as this phone has just been tried: about {time}. Leave the page open meanwhile.", filled);
    };
    fast.addEventListener("change", tell);
    tell();
  }, 0);
}

/** Milliseconds that one sig and one stamp take here. */
function pace(): [number, number] {
  const secret = keys.newSecretKey();
  const [author, digest] = [keys.publicKey(secret), new Uint8Array(32)];
  const sig = keys.sign(secret, digest);
  const modulus = (1n << 2048n) - 1n; // nobody's key: what is asked takes as long as a true one
  const stamp = new Uint8Array(256).fill(0x5a);
  const verify = (): unknown => keys.verifies(author, digest, sig);
  return [taken(verify), taken(() => stamps.verifies(modulus, digest, stamp, 48))];
}

function taken(act: () => unknown): number {
  act(); // the first time, code is still being translated
  const since = performance.now();
  let times = 0;
  for (; times < 3 || performance.now() < since + TRIED; times += 1) act();
  return (performance.now() - since) / times;
}

async function run(asked: Asked, isFast: boolean, tell: (text: string, share: number) => void): Promise<HTMLElement[]> {
  const { say, petition } = asked;
  let bytes = 0;
  const loaded = (more: number): void => {
    bytes += more;
    tell(say("Loaded: {size} MB", { size: number(asked, Math.floor(bytes / 1_000_000)) }), 0);
  };
  const here = await given(asked.root, petition, loaded);
  if (here === null) throw new Error("no answer");
  const own = await counted(asked, here, isFast, tell);
  const pieces = [...told(asked, own), ...compared(asked, own, here.said)];
  for (const url of asked.others.slice(0, OTHERS)) {
    const there = await given(url, petition, loaded).catch(theirs);
    if (there instanceof TooMuch) pieces.push(note(say("The node {node} gives more than {size} MB, which is not looked at here.", { node: url.replace(/\/$/, ""), size: number(asked, MEGABYTES) })));
    else if (there !== null) return [...pieces, ...(await beside(asked, here, there, url, isFast, tell))];
  }
  return [...pieces, note(say("No other node answered. What this node keeps back altogether, its records cannot show."))];
}

function theirs(thrown: unknown): TooMuch {
  if (thrown instanceof TooMuch) return thrown;
  throw thrown;
}

function tooMuch(asked: Asked): string {
  return asked.say("These are more than {size} MB of records, too many for a phone. The command above counts them on a computer.", { size: number(asked, MEGABYTES) });
}

/** Counts in slices, so that the page stays alive. */
async function counted(asked: Asked, from: Given, isFast: boolean, tell: (text: string, share: number) => void): Promise<Said> {
  const lines = [...texts(from.lines).values()]; // a line that stands twice changes nothing
  const steps = counting(asked.petition, lines, from.files, isFast);
  for (;;) {
    const end = performance.now() + SLICE;
    let step = steps.next();
    while (!step.done && performance.now() < end) step = steps.next();
    if (step.done) return JSON.parse(json(step.value)) as Said;
    const share = step.value / lines.length;
    const done = number(asked, Math.floor((Math.floor(share * 10) * lines.length) / 10));
    tell(asked.say("Checked: {done} of {all}", { done, all: number(asked, lines.length) }), share);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

function told(asked: Asked, own: Said): HTMLElement[] {
  const { say, reasons } = asked;
  if (own.state === "not-countable") return [note(say("By these records nothing can be counted."))];
  const boxes = labels(say).filter(([field]) => field === "counted" || own[field] !== 0);
  const refused = Object.keys(own.refused).sort();
  return [
    make("h3", {}, say("This phone counts {counted}", { counted: number(asked, own.counted) })),
    make("dl", {}, ...boxes.flatMap(([field, label]) => [make("dt", {}, label), make("dd", {}, number(asked, own[field] as number))])),
    ...(refused.length > 0 ? [make("p", {}, say("Records that did not count at all:"))] : []),
    ...(refused.length > 0
      ? [make("ul", {}, ...refused.map((one) => make("li", {}, `${number(asked, own.refused[one] ?? 0)} · ${reasons[one] ?? one}`)))]
      : []),
  ];
}

function compared(asked: Asked, own: Said, node: Given["said"]): HTMLElement[] {
  const { say } = asked;
  if (node === null) return [seal("warn", say("This node publishes no count"), say("There is nothing to compare with."))];
  const left = own["checked"] === "fast" ? [...NOT_COMPARED, ...NOT_IN_FAST] : NOT_COMPARED;
  const differing = Object.keys(own).filter((field) => !left.includes(field) && !isSame(own[field], node[field]));
  if (differing.length === 0) {
    return [seal("ok", say("The node says the same"), say("In all: people, times, groups and findings. Records that the count rests on: {records}.", { records: number(asked, own.records) }))];
  }
  const names = new Map([...labels(say), ...parts(say)]);
  return [
    seal("warn", say("The node says something else than its records"), say("If people are signing at this moment, count once more. If it stays so, tell the group, and count with another node.")),
    make("ul", {}, ...differing.map((field) => {
      const [what, says, gives] = [names.get(field) ?? field, node[field], own[field]];
      const isPlain = [says, gives].every((one) => typeof one === "number" || typeof one === "string");
      return make("li", {}, isPlain
        ? say("{what}: the node says {says}, its records give {gives}", { what, says: String(says), gives: String(gives) })
        : say("{what}: not the same", { what }));
    })),
  ];
}

/** What another node holds beside this one, or not; what it has more is counted too. */
async function beside(
  asked: Asked,
  here: Given,
  there: Given,
  url: string,
  isFast: boolean,
  tell: (text: string, share: number) => void,
): Promise<HTMLElement[]> {
  const { say } = asked;
  const node = url.replace(/\/$/, "");
  const [ours, theirs] = [texts(here.lines), texts(there.lines)];
  const more = [...theirs].filter(([text]) => !ours.has(text)).map(([, line]) => line);
  const less = [...ours.keys()].filter((text) => !theirs.has(text)).length;
  if (more.length === 0 && less === 0) return [make("p", {}, say("The node {node} has the same records, to the byte.", { node }))];
  const files = new Map([...there.files, ...here.files]);
  const both = await counted(asked, { lines: [...here.lines, ...more], files, said: null }, isFast, tell);
  return [
    note(say("The node {node} has {more} records that this one has not, and lacks {less}. With the records of both, this phone counts {counted}.", {
      node, more: number(asked, more.length), less: number(asked, less), counted: number(asked, both.counted),
    })),
  ];
}

function labels(say: Say): [string, string][] {
  return [
    ["counted", say("Counted")],
    ["withdrawn", say("Withdrawn")],
    ["two_choices", say("Two answers")],
    ["late", say("Late")],
    ["set_aside", say("Set aside")],
    ["people", say("All who signed")],
  ];
}

function parts(say: Say): [string, string][] {
  return [
    ["options", say("By answer")],
    ["windows", say("By time")],
    ["regions", say("By region")],
    ["quorums", say("By the groups that vouched")],
    ["groups", say("What each group promised and gave")],
    ["lists", say("Closing lists")],
    ["findings", say("What has to be said about it")],
    ["state", say("State")],
    ["title", say("Title")],
  ];
}

function isSame(one: unknown, other: unknown): boolean {
  return spelt(one) === spelt(other);
}

/** JSON with the keys of every object in order, whoever wrote it. */
function spelt(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => {
    if (typeof one !== "object" || one === null || Array.isArray(one)) return one;
    return Object.keys(one).sort().map((key) => [key, (one as { [key: string]: unknown })[key]]);
  });
}

function seal(look: "ok" | "warn", title: string, words: string): HTMLElement {
  return make("div", { class: `seal ${look}` }, make("div", {}, make("h3", {}, title), make("p", {}, words)));
}

function number({ lang }: Asked, value: number): string {
  return new Intl.NumberFormat(lang === "en" ? "en-GB" : lang).format(value);
}

function time(asked: Asked, milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  return seconds < 100
    ? asked.say("{number} s", { number: number(asked, seconds) })
    : asked.say("{number} min", { number: number(asked, Math.ceil(seconds / 60)) });
}
