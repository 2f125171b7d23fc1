import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import test from "node:test";
import { hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import * as acceptance from "../src/acceptance";
import * as closingList from "../src/closing_list";
import * as counter from "../src/counter";
import * as link from "../src/link";
import { ListFile } from "../src/listfile";
import { json } from "../src/outcome";
import * as pages from "../src/pages/records";
import * as records from "../src/record";
import { recount } from "../src/recount";
import { answer, FOLDER, vectors, type KindCase } from "./vectors";

interface Case {
  readonly petition: string;
  readonly lines: readonly string[];
  readonly lists: { readonly [sum: string]: string };
  readonly json: string;
}

const NAMES = readdirSync(new URL("recounts/", FOLDER)).map((name) => name.replace(".json", ""));

function given(name: string): [Case, Uint8Array[], Map<string, Uint8Array>] {
  const one = vectors<Case>(`recounts/${name}.json`);
  const files = new Map(Object.keys(one.lists).map((sum) => [sum, Buffer.from(one.lists[sum] ?? "", "base64")]));
  return [one, one.lines.map(utf8ToBytes), files];
}

for (const name of NAMES) {
  test(`recount: ${name} gives Python's bytes, in whatever order, with lines that stand twice`, () => {
    const [one, lines, files] = given(name);
    const mixed = [...lines, ...lines.filter((_, i) => i % 3 === 0)].reverse();
    assert.equal(json(recount(one.petition, mixed, files)), one.json);
  });
}

test("recount: fast gives the same number, and says so, only where no list and no poll is", () => {
  for (const name of ["a-poll", "late-people", "closing-with-one-list", "not-official"]) {
    const [one, lines, files] = given(name);
    assert.equal(json(recount(one.petition, lines, files, true)), one.json, name);
  }
  const names = ["a-crowd", "regions", "one-choice-made-twice", "withdrawn-twice-and-by-a-stranger"];
  for (const name of names.filter((each) => NAMES.includes(each))) {
    const [one, lines, files] = given(name);
    const whole = JSON.parse(one.json) as { [field: string]: unknown };
    const isPoll = Object.keys(whole["options"] as object).length > 0;
    const isFast = !isPoll && (whole["lists"] as readonly unknown[]).length === 0;
    const said = isFast ? { ...whole, checked: "fast", windows: {}, regions: {} } : whole;
    assert.deepEqual(JSON.parse(json(recount(one.petition, lines, files, true))), said, name);
  }
});

test("recount: fast, the sig of a key with one record is not asked, of one with several it is", () => {
  const [one, lines, files] = given("a-crowd");
  const forged = (line: Uint8Array): Uint8Array => {
    const text = new TextDecoder().decode(line);
    return utf8ToBytes(text.replace(/"sig":"./, (sig) => (sig.endsWith("0") ? '"sig":"1' : '"sig":"0')));
  };
  const at = lines.findIndex((line) => new TextDecoder().decode(line).includes('"kind":3971,'));
  const worse = lines.map((line, i) => (i === at ? forged(line) : line));
  const numbers = (all: readonly Uint8Array[], fast: boolean): unknown[] => {
    const { counted, refused } = JSON.parse(json(recount(one.petition, all, files, fast))) as { [field: string]: unknown };
    return [counted, refused];
  };
  const [whole] = numbers(lines, true);
  assert.deepEqual(numbers(worse, true), [whole, {}]);
  assert.deepEqual(numbers(worse, false), [(whole as number) - 1, { "bad-sig": 1 }]);
});

const READ: { [kind: string]: (record: records.Record) => unknown } = {
  acceptance: acceptance.read,
  closing_list: closingList.read,
  counter: counter.read,
  link: link.read,
};

for (const kind of Object.keys(READ)) {
  test(`${kind}: every vector of its rule is answered as Python answers it`, () => {
    const { cases } = vectors<{ cases: readonly KindCase[] }>(`kinds/${kind}.json`);
    const asked = cases.filter((one) => one.held === undefined);
    for (const one of asked) {
      assert.equal(answer(() => READ[kind]?.(records.check(JSON.parse(one.record)))), one.answer, one.name);
    }
    assert.ok(asked.length > 3, `${asked.length}`);
  });
}

test("a line is read only as its own rewriting, and no larger than a record", () => {
  const [, lines] = given("a-crowd");
  const line = new TextDecoder().decode(lines[0]);
  const read = (text: string): string => answer(() => records.readLine(utf8ToBytes(text)));
  assert.equal(read(line), "kept");
  const spelt = [` ${line}`, `${line}\r`, line.replace('"kind":', '"kind": '), line.replace('"sig"', '"content":"","sig"')];
  for (const one of [...spelt, `${line.slice(0, -1)},"more":1}`, "", "[]", "null"]) assert.equal(read(one), "refused: bad-form", one);
  assert.equal(read(" ".repeat(65_537)), "refused: too-large");
  assert.equal(answer(() => records.readLine(Uint8Array.of(0x22, 0xff, 0x22))), "refused: bad-form");
});

test("list file: it has its ids and no other, also those that two neighbours hold between them", () => {
  const ids = ["00".repeat(32), `${"00".repeat(31)}01`, `${"ab".repeat(32)}`, "ff".repeat(32)];
  const file = ListFile.of(hexToBytes(ids.join("")));
  assert.ok(file && file.size === 4 && ids.every((id) => file.has(id)));
  assert.ok(!file.has(`${"00".repeat(16)}${"00".repeat(15)}02`) && !file.has(`01${"ab".repeat(31)}`));
  assert.equal(ListFile.of(hexToBytes([...ids].reverse().join(""))), null);
  assert.equal(ListFile.of(hexToBytes(`${ids.join("")}00`)), null);
});

/** What a phone gets from a node that sends pieces until it is hung up on; how many it took. */
async function fetching(piece: Uint8Array<ArrayBuffer>, seconds = 0, most = 5_000): Promise<[unknown, number]> {
  const real = { fetch: globalThis.fetch, now: performance.now.bind(performance) };
  let sent = 0;
  const pull = (to: ReadableStreamDefaultController<Uint8Array>): void => {
    sent += 1;
    to.enqueue(piece);
    if (sent >= most) to.close();
  };
  globalThis.fetch = () => Promise.resolve(new Response(new ReadableStream({ pull }, { highWaterMark: 0 })));
  performance.now = () => 1000 * seconds * sent;
  try {
    return [await pages.given("http://node.example/", "a".repeat(64), () => undefined).catch((thrown: unknown) => thrown), sent];
  } finally {
    globalThis.fetch = real.fetch;
    performance.now = real.now;
  }
}

test("a node that gives more than a phone can hold, or next to nothing for ever, is left", async () => {
  const piece = new Uint8Array(2 ** 20);
  const [much, pieces] = await fetching(piece);
  assert.ok(much instanceof pages.TooMuch);
  assert.ok(pieces <= 66, `${pieces}`);
  const [nothing, drops] = await fetching(new Uint8Array(1), 20);
  assert.equal(nothing, null);
  assert.ok(drops < 10, `${drops}`);
});

test("a node that names lists without end is asked for none of them", async () => {
  const line = `{"id":"${"0".repeat(64)}","pubkey":"${"0".repeat(64)}","created_at":1,"kind":3975,\n`;
  const [much, sent] = await fetching(new TextEncoder().encode(line.repeat(201)), 0, 1);
  assert.ok(much instanceof pages.TooMuch);
  assert.equal(sent, 1);
});
