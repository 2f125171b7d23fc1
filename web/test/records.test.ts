import assert from "node:assert/strict";
import test from "node:test";
import * as acceptance from "../src/acceptance";
import { agreedWindow, makePanel, windowStart } from "../src/panel";
import * as petition from "../src/petition";
import * as records from "../src/record";
import type { Record } from "../src/record";
import * as signature from "../src/signature";
import * as withdrawal from "../src/withdrawal";
import { answer, vectors, type KindCase } from "./vectors";

interface Cases<Case> {
  readonly cases: readonly Case[];
}

// The rest is about bytes on the wire (doubled keys, spelling, size), which a page never keeps.
const OF_BYTES = new Set(["bad-form", "too-large"]);

test("lines: what Python keeps is kept, a wrong id or sig is refused by the same word", () => {
  const { cases } = vectors<Cases<{ name: string; answer: string; line?: string }>>("records/lines.json");
  let judged = 0;
  for (const one of cases) {
    if (one.line === undefined) continue;
    const { line } = one;
    const said = answer(() => records.check(JSON.parse(line)));
    if (OF_BYTES.has(one.answer.replace("refused: ", ""))) continue;
    judged += 1;
    assert.equal(said, one.answer, one.name);
  }
  assert.ok(judged >= 3);
});

const RULES: { [kind: string]: (record: Record) => unknown } = {
  petition: petition.read,
  acceptance: acceptance.read,
  signature: signature.read,
  withdrawal: withdrawal.read,
};

for (const kind of Object.keys(RULES)) {
  test(`${kind}: every vector of its rule is answered as Python answers it`, () => {
    const { cases } = vectors<Cases<KindCase>>(`kinds/${kind}.json`);
    const own = cases.filter((one) => one.held === undefined);
    assert.ok(own.length > 3);
    for (const one of own) {
      assert.equal(answer(() => RULES[kind]?.(records.check(JSON.parse(one.record)))), one.answer, one.name);
    }
  });
}

// Who may speak and when it came is the nodes' to judge; the phone judges what it is handed.
const OF_NODES = new Set(["not-yet", "closed"]);
const NEEDS_COUNTERS = new Set(["disowned, but seen by the other desk"]);

test("signature: every vector judged against its panel is answered as Python answers it", () => {
  const { cases } = vectors<Cases<KindCase>>("kinds/signature.json");
  let judged = 0;
  for (const one of cases) {
    const reason = one.answer.replace("refused: ", "");
    if (one.held === undefined || OF_NODES.has(reason) || NEEDS_COUNTERS.has(one.name)) continue;
    const held = one.held.map((line) => records.check(JSON.parse(line)));
    const record = records.check(JSON.parse(one.record));
    const asked = record.tags[0]?.[1] ?? "";
    const said = answer(() => signature.check(record, makePanel(asked, held, one.official ?? [])));
    assert.equal(said, one.answer, one.name);
    judged += 1;
  }
  assert.ok(judged > 15);
});

const GOOD = vectors<Cases<KindCase>>("kinds/signature.json").cases.find((one) => one.name === "stamped by both");
const HELD = (GOOD?.held ?? []).map((line) => records.check(JSON.parse(line)));
const ASKED = HELD.find((record) => record.kind === petition.NUMBER) as Record;

test("a petition altered in any one place is not shown: 1,000 alterations", () => {
  const text = records.line(ASKED);
  let tried = 0;
  for (let at = 0; tried < 1_000; at = (at + 7919) % text.length) {
    const sign = text[at] ?? "";
    if (!/[0-9a-zA-Z]/.test(sign)) continue;
    const changed = text.slice(0, at) + (sign === "1" ? "2" : "1") + text.slice(at + 1);
    tried += 1;
    const said = answer(() => makePanel(ASKED.id, [records.check(JSON.parse(changed))], [ASKED.id]));
    assert.notEqual(said, "kept", `sign ${at}`);
  }
});

test("a panel needs every acceptance, official, with the key that the petition names", () => {
  const official = GOOD?.official ?? [];
  assert.equal(answer(() => makePanel(ASKED.id, HELD, official)), "kept");
  for (const record of HELD.filter((one) => one.kind === acceptance.NUMBER)) {
    const without = HELD.filter((one) => one !== record);
    assert.equal(answer(() => makePanel(ASKED.id, without, official)), "refused: not-open");
    const proposed = official.filter((id) => id !== record.id);
    assert.equal(answer(() => makePanel(ASKED.id, HELD, proposed)), "refused: not-open");
  }
  assert.equal(answer(() => makePanel("0".repeat(64), HELD, official)), "refused: unknown-petition");
});

const TIMES = { ...petition.read(ASKED), open: 1_000_000, close: 1_000_000 + 10 * 86_400, window: 86_400 };

test("one node that lies by a week cannot date a signature", () => {
  const honest = TIMES.open + 5 * 86_400 + 40_000;
  assert.equal(agreedWindow(TIMES, [honest, honest + 3], honest - 20), TIMES.open + 5 * 86_400);
  assert.equal(agreedWindow(TIMES, [honest - 7 * 86_400, honest], honest), null);
  assert.equal(agreedWindow(TIMES, [honest, honest], honest + 86_400), null);
});

test("at a window's edge ten minutes of difference are grace: the earlier node's window is taken", () => {
  const edge = TIMES.open + 5 * 86_400;
  assert.equal(agreedWindow(TIMES, [edge - 10, edge + 10], edge), edge - 86_400);
  assert.equal(agreedWindow(TIMES, [edge + 5, edge + 10], edge - 300), edge);
  assert.equal(agreedWindow(TIMES, [edge - 10, edge + 700], edge), null);
  assert.equal(windowStart(TIMES, 0), TIMES.open);
  assert.equal(windowStart(TIMES, TIMES.close + 5), TIMES.close - 86_400);
});

test("what is signed here is a line that reads back as itself", () => {
  const draft = { created_at: 5, kind: 3972, tags: [["e", ASKED.id]], content: "" };
  const made = records.sign(draft, "11".repeat(32));
  assert.deepEqual(records.check(JSON.parse(records.line(made))), made);
  assert.equal(records.idOf(records.line(made)), made.id);
});
