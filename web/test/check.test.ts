import assert from "node:assert/strict";
import test from "node:test";
import { looksAlike } from "../src/changes";
import * as charter from "../src/charter";
import * as cosign from "../src/cosign";
import { judge, namedIn, type Known } from "../src/genuine";
import * as post from "../src/post";
import { isProof, readProof } from "../src/proof";
import * as records from "../src/record";
import { isForm, readForm } from "../src/savedform";
import * as season from "../src/season";
import { plain } from "../src/spelling";
import { Standing, type CharterFact, type CosignFact, type LinkFact } from "../src/standing";
import { answer, vectors, type KindCase } from "./vectors";

const READ: { [kind: string]: (record: records.Record) => unknown } = {
  charter: charter.read,
  cosign: cosign.read,
  post: post.read,
  season: season.read,
};

for (const kind of Object.keys(READ)) {
  test(`${kind}: every vector of its rule is answered as Python answers it`, () => {
    const { cases } = vectors<{ cases: readonly KindCase[] }>(`kinds/${kind}.json`);
    let judged = 0;
    for (const one of cases) {
      if (one.held !== undefined) continue;
      const said = answer(() => READ[kind]?.(records.check(JSON.parse(one.record))));
      assert.equal(said, one.answer, one.name);
      judged += 1;
    }
    assert.ok(judged > 3, `${judged}`);
  });
}

interface History {
  readonly charters: readonly CharterFact[];
  readonly cosigns: readonly CosignFact[];
  readonly said: readonly CosignFact[];
  readonly links: readonly LinkFact[];
  readonly heads: { readonly [group: string]: readonly string[] };
  readonly knows: { readonly [group: string]: readonly string[] };
  readonly in_force: readonly string[];
  readonly in_office: { readonly [charter: string]: readonly string[] };
  readonly signers: { readonly [record: string]: readonly string[] };
  readonly official: readonly string[];
}

/** How often a standing looks at what charters say, to tell all of a group that is so long, or in so many pieces. */
function looks(number: number, isForked: boolean): number {
  let found = 0;
  const ids = [...Array(number).keys()].map((each) => `${each}`.padStart(64, "0"));
  const [group = ""] = ids;
  const said = ids.map((charter) => ({ record: charter.replace(/^0/, "p"), group, charter, author: "a" }));
  const links = ids.map((charter) => ({ record: charter.replace(/^0/, "l"), group, to: "b", witness: "", ends: "" }));
  const charters = ids.map((id, at): CharterFact => ({
    id, group, author: "a", k: 1, organisers: ["a"],
    get prev() {
      found += 1;
      return at > 0 ? [ids[isForked ? 0 : at - 1] ?? ""] : [];
    },
    get sealed() {
      found += 1;
      return at > 0 ? [said[at - 1]?.record ?? ""] : [];
    },
  }));
  const all = [...said, ...links.map((one) => ({ ...one, charter: one.record.replace(/^l/, "0"), author: "a" }))];
  const standing = new Standing({ charters, cosigns: [], said: all, links });
  for (const one of all) standing.isOfficial(one.record);
  for (const one of ids) [standing.heads(group), standing.links(group), standing.inOffice(one)];
  return found;
}

for (const isForked of [false, true]) {
  test(`standing: a group that is ${isForked ? "in twice as many pieces" : "twice as long"} costs twice as much`, () => {
    assert.ok(looks(200, isForked) < 2.5 * looks(100, isForked));
  });
}

test("standing: histories of every sort are read as Python reads them, in whatever order", () => {
  const { histories } = vectors<{ histories: readonly History[] }>("groups/standing.json");
  assert.ok(histories.length > 30);
  for (const one of histories) {
    for (const facts of [one, reversed(one)]) {
      const standing = new Standing(facts);
      const ids = one.charters.map((each) => each.id);
      assert.deepEqual(ids.filter((id) => standing.isInForce(id)).sort(), one.in_force);
      for (const group of Object.keys(one.heads)) {
        assert.deepEqual(standing.heads(group), one.heads[group]);
        assert.deepEqual([...standing.links(group)].sort(), one.knows[group]);
      }
      for (const id of ids) assert.deepEqual([...standing.inOffice(id)].sort(), one.in_office[id]);
      for (const id of Object.keys(one.signers)) {
        assert.deepEqual([...standing.signers(id)].sort(), one.signers[id]);
        assert.equal(standing.isOfficial(id), one.official.includes(id));
      }
    }
  }
});

function reversed(one: History): History {
  const turn = <Row>(rows: readonly Row[]): Row[] => [...rows, ...rows].reverse();
  return {
    ...one,
    charters: turn(one.charters),
    cosigns: turn(one.cosigns),
    said: turn(one.said),
    links: turn(one.links),
  };
}

interface Case {
  readonly name: string;
  readonly asked: string;
  readonly answer: {
    readonly word: string;
    readonly ids: readonly string[];
    readonly is_part: boolean;
    readonly changes: readonly { readonly [name: string]: unknown }[];
  };
}

test("genuine: every text is judged as Python judges it, to the changed word", () => {
  const found = vectors<{
    known: readonly Known[];
    cases: readonly Case[];
    named: readonly (readonly [string, string])[];
  }>("channel/genuine.json");
  for (const { name, asked, answer: told } of found.cases) {
    const { word, ids, isPart, changes } = judge(asked, found.known);
    const said = changes.map((one) => ({ ...one, looks_alike: looksAlike(one) }));
    assert.deepEqual({ word, ids, is_part: isPart, changes: said }, told, name);
  }
  for (const [asked, number] of found.named) assert.equal(namedIn(asked), number, asked);
});

test("genuine: a text made to be hard costs no more than another", { timeout: 20_000 }, async () => {
  const { known } = vectors<{ known: readonly Known[] }>("channel/genuine.json");
  const hard = [
    "[".repeat(41_000),
    "[](".repeat(13_666),
    "[a](b".repeat(8_000) + " c)",
    "а" + "\u0301\u0328".repeat(20_499),
  ];
  for (const text of hard) {
    // each took seconds when a search began anew at every sign
    for (let i = 0; i < 20; i += 1) {
      assert.equal(judge(text, known).word, "unknown");
      await new Promise(setImmediate); // so that the test can be told that it takes too long
    }
  }
  const link = "https:/" + `/post/${"a".repeat(64)}`.repeat(14_000);
  assert.equal(namedIn(`${link} x`), "");
});

test("spelling: a link is what one expression says", () => {
  const link = /\[([^\]]*)\]\(([^) ]*)\)/g;
  let seed = 7;
  const next = (): number => (seed = (seed * 48_271) % 2_147_483_647);
  for (let i = 0; i < 5_000; i += 1) {
    const text = Array.from({ length: next() % 30 }, () => "[]()ab"[next() % 6]).join("");
    assert.equal(plain(text).text, text.replace(link, "$1"), text);
  }
});

test("genuine: a text made to be hard is compared all the same", () => {
  const known = [{ id: "a".repeat(64), title: "т", text: "и в на по ".repeat(2_000) }];
  assert.equal(judge("и в на по ".repeat(1_000) + "по на в и ".repeat(1_000), known).word, "altered");
});

interface ProofCase {
  readonly name: string;
  readonly file: string;
  readonly answer: string;
  readonly proof?: { readonly [name: string]: unknown };
}

test("proof: every file is judged as Python judges it", () => {
  const { cases } = vectors<{ cases: readonly ProofCase[] }>("channel/proofs.json");
  assert.ok(cases.length > 10);
  for (const one of cases) {
    assert.equal(answer(() => readProof(one.file)), one.answer, one.name);
    if (one.proof === undefined) continue;
    const { name, signed, organisers, k, group, isOfficial, isReplaced, isSplit } = readProof(one.file);
    const said = {
      name, signed, organisers, k, group,
      is_official: isOfficial, is_replaced: isReplaced, is_split: isSplit,
    };
    assert.deepEqual(said, one.proof, one.name);
    assert.ok(isProof(one.file));
  }
});

interface FormCase {
  readonly name: string;
  readonly file: string;
  readonly form: { readonly word: string; readonly sum: string; readonly name: string };
}

test("saved form: every file is judged as Python judges it", () => {
  const { cases } = vectors<{ cases: readonly FormCase[] }>("channel/saved-forms.json");
  assert.ok(cases.length > 8);
  for (const one of cases) {
    const raw = new TextEncoder().encode(one.file);
    const { word, sum, proof } = readForm(raw);
    assert.ok(isForm(raw));
    assert.deepEqual({ word, sum, name: proof?.name ?? "" }, one.form, one.name);
  }
});

test("proof: one changed sign anywhere and it does not hold: 300 alterations", () => {
  const { cases } = vectors<{ cases: readonly ProofCase[] }>("channel/proofs.json");
  const whole = cases.find((one) => one.proof?.["is_official"])?.file ?? "";
  let tried = 0;
  for (let at = 11; tried < 300; at = (at + 7919) % whole.length) {
    const sign = whole[at] ?? "";
    if (!/[0-9a-zA-Zа-я]/.test(sign)) continue;
    const changed = whole.slice(0, at) + (sign === "1" ? "2" : "1") + whole.slice(at + 1);
    tried += 1;
    assert.notEqual(answer(() => readProof(changed)), "kept", `sign ${at}`);
  }
});
