import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test from "node:test";
import { outsideOf } from "../src/age";
import * as records from "../src/record";
import { newIdentity, recipientOf } from "../src/recipients";
import { seal } from "../src/seal";
import * as sealed from "../src/sealed";
import * as handed from "../src/sealedfile";
import { answer, type KindCase, vectors } from "./vectors";

const { cases } = vectors<{ cases: KindCase[] }>("kinds/sealed.json");

test("sealed: every vector of its rule is answered as Python answers it", () => {
  const own = cases.filter((one) => one.held === undefined);
  assert.ok(own.length > 50);
  for (const one of own) {
    assert.equal(answer(() => sealed.rule(records.check(JSON.parse(one.record)))), one.answer, one.name);
  }
});

test("sealed file: every file is read as Python reads it, and written again alike", () => {
  const { cases: files } = vectors<{ cases: readonly { name: string; file: string; answer: string }[] }>("handed-in.json");
  assert.ok(files.length > 10);
  for (const one of files) {
    const raw = new TextEncoder().encode(one.file);
    assert.equal(answer(() => handed.read(raw)), one.answer, one.name);
    if (one.answer === "kept") assert.equal(handed.write(handed.read(raw)).join(""), one.file, one.name);
  }
});

async function file(): Promise<Uint8Array> {
  const recipients = await Promise.all([0, 1, 2].map(() => recipientOf(newIdentity("x25519"))));
  return seal(new Uint8Array(2_048), recipients);
}

test("what is made here is an envelope to whoever reads it strictly", async () => {
  const place = { g: "a".repeat(64), charter: "b".repeat(64), s: "c".repeat(32) };
  const blobs = [{ id: "d".repeat(64), bucket: 1_048_576 }];
  const outside = { place, now: 1_795_737_599, bits: 16, blobs };
  const made = await sealed.makeEnvelope(outside, await file(), () => Promise.resolve());
  const envelope = sealed.rule(records.check(JSON.parse(records.line(made))));
  assert.deepEqual(envelope, { place, bits: 16, blobs, file: { sort: "x25519", recipients: 3, inside: 2_048 } });
});

test("bytes that are no age file are none, whatever they are", async () => {
  const good = await file();
  assert.equal(outsideOf(good)?.recipients, 3);
  for (let at = 0; at < 364; at += 1) {
    const spoilt = Uint8Array.from(good);
    spoilt[at] = 0;
    assert.equal(outsideOf(spoilt), null, String(at));
  }
  for (let size = 0; size < 300; size += 7) assert.equal(outsideOf(randomBytes(size)), null);
});
