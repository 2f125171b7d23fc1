import assert from "node:assert/strict";
import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";
import { gzipSync, inflateSync } from "node:zlib";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { fileURLToPath } from "node:url";
import { Decrypter, Encrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption";
import { build } from "esbuild";
import * as blobs from "../src/blobs";
import * as body from "../src/body";
import * as keys from "../src/keys";
import * as receipts from "../src/receipts";
import * as mailbox from "../src/mailbox";
import { CurveIdentity, kindOf, newIdentity, readIdentity, recipientOf, type Sort } from "../src/recipients";
import { seal } from "../src/seal";
import * as opening from "../src/opening";
import * as records from "../src/record";
import type { Record } from "../src/record";
import * as sealed from "../src/sealed";
import * as slots from "../src/slots";
import * as work from "../src/proof_of_work";
import { unseal } from "../src/unseal";
import { vectors } from "./vectors";

const SORTS: readonly Sort[] = ["x25519", "hybrid"];
const STANZA = { x25519: 98, hybrid: 1_557 };
const WORDS = new URL("../../src/wayhome/crypto/words/", import.meta.url);
const [RU, EN] = ["ru", "en"].map((name) => readFileSync(new URL(`${name}.txt`, WORDS), "utf8").trim().split("\n"));
const LISTS = [RU ?? [], EN ?? []];

test("a list of words is served shorter than it is", () => {
  const five = ["абзац", "абонент", "ящик", "abbey", "abbot"]; // tests/web/test_words_of_receipts.py
  assert.deepEqual(receipts.unpacked("0ABHAW2ONFNS0`ZIK0abbey3ot"), five);
});

/** A page over plain http has no WebCrypto; nothing here may miss it. */
async function withoutSubtle<Found>(act: () => Promise<Found>): Promise<Found> {
  const subtle = Object.getOwnPropertyDescriptor(Crypto.prototype, "subtle") as PropertyDescriptor;
  Object.defineProperty(Crypto.prototype, "subtle", { configurable: true, get: () => undefined });
  try {
    return await act();
  } finally {
    Object.defineProperty(Crypto.prototype, "subtle", subtle);
  }
}

function chance(size: number): Uint8Array {
  return Uint8Array.from(randomFillSync(Buffer.alloc(size)));
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, "base64"));
}

interface Receipts {
  receipts: { name: string; chance: string; code: string; numbers: number[]; ru: string; en: string; sign: string;
    writer: string; recipient: string; hybrid: string; box: string; f: string[]; r: string[] }[];
  typed: { name: string; typed: string; code?: string; slips?: number[] }[];
}

test("receipts: words, keys and slots are Python's", async () => {
  const found = vectors<Receipts>("receipt-codes.json");
  for (const one of found.receipts) {
    const code = receipts.checked(hexToBytes(one.chance));
    assert.equal(bytesToHex(code), one.code, one.name);
    assert.deepEqual(receipts.numbers(code), one.numbers);
    for (const [words, said] of [[LISTS[0], one.ru], [LISTS[1], one.en]] as const) {
      assert.equal(receipts.write(code, words ?? []).join(" "), said);
      assert.deepEqual(receipts.read(said, LISTS).code, code);
    }
    const family = receipts.familyKeys(code);
    assert.equal(family.sign, one.sign);
    assert.equal(keys.publicKey(family.sign), one.writer);
    assert.equal(await recipientOf(family.identity("x25519")), one.recipient);
    assert.equal(await recipientOf(family.identity("hybrid")), one.hybrid);
    assert.equal(bytesToHex(family.box), one.box);
    assert.deepEqual([0, 1, 2].map((n) => slots.familySlot(family.box, "f", n)), one.f);
    assert.deepEqual([0, 1, 2].map((n) => slots.familySlot(family.box, "r", n)), one.r);
  }
  for (const { name, typed, code, slips } of found.typed) {
    const read = receipts.read(typed, LISTS);
    assert.equal(read.code ? bytesToHex(read.code) : undefined, code, name);
    assert.deepEqual(read.wrong, slips ?? [], name);
  }
});

test("receipts: 90 bits of chance, and a word is completed from its beginning", () => {
  const made = Array.from({ length: 200 }, () => BigInt(`0x${bytesToHex(receipts.newCode())}`) >> 6n);
  const [ever, always] = made.reduce(([some, all], one) => [some | one, all & one], [0n, (1n << 90n) - 1n] as [bigint, bigint]);
  assert.deepEqual([new Set(made).size, ever, always], [200, (1n << 90n) - 1n, 0n]);
  assert.ok(receipts.completions("або", LISTS[0] ?? []).includes("абонент"));
  assert.deepEqual(receipts.completions("", LISTS[0] ?? []), []);
});

interface Cctv {
  cases: { name: string; expect: string; identities: string[]; payload: string; compressed: boolean; file: string }[];
}

test("a mailbox finds its newest reply in the list of all, and names a shard or any", () => {
  const box = receipts.familyKeys(new Uint8Array(12)).box;
  const others = chance(16_000);
  assert.deepEqual(mailbox.mailboxOf(others, box), { sent: 0, replies: 0, answers: [] });
  const slot = (way: "f" | "r", number: number) => slots.familySlot(box, way, number);
  const mine = [slot("f", 0), slot("f", 1), slot("r", 7), slot("r", 0)].map(hexToBytes);
  const found = mailbox.mailboxOf(Uint8Array.from([...others, ...mine.flatMap((one) => [...one])]), box);
  assert.deepEqual(found, { sent: 2, replies: 8, answers: [slot("r", 7), slot("r", 0)] });
  assert.equal(mailbox.shardOf("1e8eee60".padEnd(32, "0"), 5), 0b00011);
  assert.equal(mailbox.shardOf("ffffffff".padEnd(32, "0"), 5), 31);
  assert.equal(mailbox.shardOf("ffffffff".padEnd(32, "0"), 0), 0);
  const anywhere = new Set(Array.from({ length: 200 }, () => mailbox.shardOf(undefined, 2)));
  assert.deepEqual([...anywhere].sort(), [0, 1, 2, 3]);
});

test("C2SP's files: opened to their payload, or not at all, without WebCrypto too", async () => {
  const { cases } = vectors<Cctv>("crypto/age-cctv.json");
  assert.ok(cases.length > 70);
  const said = async (one: Cctv["cases"][number]): Promise<string> => {
    const file = one.compressed ? Uint8Array.from(inflateSync(bytesOf(one.file))) : bytesOf(one.file);
    const decrypter = new Decrypter();
    for (const identity of one.identities) {
      const { sort, seed } = readIdentity(identity);
      decrypter.addIdentity(sort === "x25519" ? new CurveIdentity(seed) : identity);
    }
    try {
      return bytesToHex(sha256(await decrypter.decrypt(file)));
    } catch {
      return "";
    }
  };
  await withoutSubtle(async () => {
    for (const one of cases) assert.equal(await said(one), one.expect === "success" ? one.payload : "", one.name);
  });
});

test("what is sealed opens for each recipient and nobody else, and has the length of its kind", async () => {
  await withoutSubtle(async () => {
    for (const sort of SORTS) {
      const people = Array.from({ length: 3 }, () => newIdentity(sort));
      const recipients = await Promise.all(people.map(recipientOf));
      assert.deepEqual(recipients.map(kindOf), [sort, sort, sort]);
      for (const size of [0, 1, 2_048, 65_536]) {
        const plain = chance(size);
        const sealed = await seal(plain, recipients, 5);
        assert.equal(sealed.length, 102 + 5 * STANZA[sort] + size);
        for (const one of people) assert.deepEqual(await unseal(sealed, one), plain);
        assert.equal(await unseal(sealed, newIdentity(sort)), null);
        assert.equal(await unseal(sealed.subarray(1), people[0] ?? ""), null);
      }
    }
  });
});

test("real recipients stand at any place, kinds are not mixed, nobody is named twice", async () => {
  const mine = newIdentity("x25519");
  const recipient = await recipientOf(mine);
  const stood = new Set<number>();
  for (let i = 0; i < 100 && stood.size < 2; i += 1) {
    const sealed = await seal(new Uint8Array(8), [recipient], 2);
    const shares = new TextDecoder().decode(sealed.subarray(0, 250)).match(/-> X25519 \S+\n\S+/g) ?? [];
    assert.equal(shares.length, 2);
    for (const [place, share] of shares.entries()) {
      const alone = `age-encryption.org/v1\n${share}\n--- ${"A".repeat(43)}\n`;
      const decrypter = new Decrypter();
      decrypter.addIdentity(new CurveIdentity(readIdentity(mine).seed));
      const found = await decrypter.decryptHeader(new TextEncoder().encode(alone)).catch(String);
      if (String(found).includes("HMAC")) stood.add(place);
    }
  }
  assert.deepEqual([...stood].sort(), [0, 1]);
  const strong = await recipientOf(newIdentity("hybrid"));
  for (const wrong of [[recipient, strong], [recipient, recipient], [], [`${recipient}q`]]) {
    await assert.rejects(seal(new Uint8Array(1), wrong));
  }
});

test("without WebCrypto typage's own X25519 stops, so it is not what a page uses", async () => {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await recipientOf(newIdentity("x25519")));
  await withoutSubtle(() => assert.rejects(encrypter.encrypt("text")));
});

test("typage opens what is sealed here and seals what is opened here", async () => {
  for (const make of [generateX25519Identity, generateHybridIdentity]) {
    const identity = await make();
    const recipient = await identityToRecipient(identity);
    assert.equal(await recipientOf(identity), recipient);
    const plain = chance(70_000);
    const [encrypter, decrypter] = [new Encrypter(), new Decrypter()];
    encrypter.addRecipient(recipient);
    decrypter.addIdentity(identity);
    assert.deepEqual(await unseal(await encrypter.encrypt(plain), identity), plain);
    assert.deepEqual(await decrypter.decrypt(await seal(plain, [recipient], 3)), plain);
  }
});

interface Files {
  cases: { by: string; sort: Sort; identity: string; plain: string; file: string }[];
}

test("files that Python and typage sealed open here", async () => {
  const { cases } = vectors<Files>("sealed-files.json");
  assert.equal(new Set(cases.map((one) => `${one.by} ${one.sort}`)).size, 4);
  for (const one of cases) {
    const opened = await withoutSubtle(() => unseal(bytesOf(one.file), one.identity));
    assert.equal(Buffer.from(opened ?? []).toString(), one.plain, `${one.by}, ${one.sort}`);
  }
});

interface Bodies {
  cases: { name: string; word: string; g: string; charter: string; s: string; size: number; plain: string; json?: string; desk?: boolean }[];
}

test("bodies are read, or end in the drawer that Python puts them in", () => {
  const { cases } = vectors<Bodies>("sealed-bodies.json");
  let judged = 0;
  for (const one of cases) {
    if (one.desk) continue; // of types that only desks write and read
    judged += 1;
    const plain = new Uint8Array(one.size);
    plain.set(bytesOf(one.plain));
    let said = "";
    try {
      assert.equal(JSON.stringify(body.read(plain, one).said), one.json, one.name);
    } catch (thrown) {
      if (!(thrown instanceof body.Drawer)) throw thrown;
      said = thrown.word;
    }
    assert.equal(said, one.word, one.name);
  }
  assert.ok(judged > 35);
});

test("a body is written in one of three sizes and opens at its place only", () => {
  const place = { g: "a1".repeat(32), charter: "b2".repeat(32), s: "c3".repeat(16) };
  const secret = keys.newSecretKey();
  const message = (text: string) => ({ t: "message", v: 1, n: 1, at: "2026-11-26", text }) as const;
  for (const [length, size] of [[1, 2_048], [1_500, 8_192], [4_000, 8_192]] as const) {
    const plain = body.write(message("я".repeat(length)), place, secret);
    assert.equal(plain.length, size);
    assert.equal(body.read(plain, place).by, keys.publicKey(secret));
    for (const name of ["g", "charter", "s"] as const) {
      const there = { ...place, [name]: "00".repeat(place[name].length / 2) };
      assert.throws(() => body.read(plain, there), { word: "moved" });
    }
  }
  for (const text of ["я".repeat(4_001), "\u0007", "\ud83d"]) {
    assert.throws(() => body.write(message(text), place, secret), { reason: "bad-form" });
  }
});

test("the work of an envelope is what Python says it is, and is found here", async () => {
  const { cases } = vectors<{ cases: { name: string; answer: string; record: string }[] }>("kinds/sealed.json");
  let judged = 0;
  for (const one of cases) {
    if (one.answer !== "kept") continue;
    const record = JSON.parse(one.record) as Record;
    const [, nonce = "", stated = ""] = record.tags.find(([name]) => name === "work") ?? [];
    const digest = work.digestOf(record.pubkey, record.created_at, record.kind, record.tags, record.content);
    assert.ok(work.bitsOf(digest, hexToBytes(nonce)) >= Number(stated), one.name);
    assert.equal(record.kind, sealed.NUMBER);
    judged += 1;
  }
  assert.ok(judged > 0);
  let paused = 0;
  const digest = sha256(new Uint8Array(1));
  const nonce = await work.find(digest, 14, () => Promise.resolve(void (paused += 1)));
  assert.ok(work.bitsOf(digest, nonce) >= 14);
  assert.equal(paused, Math.floor(new DataView(nonce.buffer).getUint32(4) / 4_096));
});

test("an envelope shows its place, its day and its sizes, and each has a key of its own", async () => {
  const place = { g: "a1".repeat(32), charter: "b2".repeat(32), s: "c3".repeat(16) };
  const plain = body.write({ t: "message", v: 1, n: 1, at: "2026-11-26", text: "Да" }, place, keys.newSecretKey());
  const recipient = await recipientOf(newIdentity("x25519"));
  const make = async (bits: number) => {
    const file = await seal(plain, [recipient], 3);
    const blobs_ = [{ id: "d4".repeat(32), bucket: 65_536 }];
    return records.check(await sealed.makeEnvelope({ place, now: 1_795_737_599, bits, blobs: blobs_ }, file, () => Promise.resolve()));
  };
  const [one, other] = [await make(0), await make(8)];
  assert.notEqual(one.pubkey, other.pubkey);
  assert.deepEqual(one.tags, [
    ["g", place.g],
    ["charter", place.charter],
    ["s", place.s],
    ["expiration", String(1_795_651_200 + 365 * 86_400)],
    ["work", "0".repeat(16), "0"],
    ["blob", "d4".repeat(32), "65536"],
  ]);
  assert.deepEqual([one.kind, one.created_at, one.content.length], [3990, 1_795_651_200, 3_260]);
  const digest = work.digestOf(other.pubkey, other.created_at, other.kind, other.tags, other.content);
  assert.ok(work.bitsOf(digest, hexToBytes(other.tags[4]?.[1] ?? "")) >= 8);
});

interface Envelope {
  identity: string;
  json: string;
  record: string;
}

test("an envelope opens for whom it was sealed to, and at its place only", async () => {
  const made = vectors<Envelope>("sealed-envelope.json");
  const record = records.check(JSON.parse(made.record));
  const opened = await opening.openBody(record, made.identity);
  assert.equal(JSON.stringify(opened?.said), made.json);
  assert.equal(await opening.openBody(record, newIdentity("x25519")), null);
  const moved = { ...record, tags: record.tags.map((tag) => (tag[0] === "s" ? ["s", "00".repeat(16)] : tag)) };
  await assert.rejects(opening.openBody(moved, made.identity), { word: "moved" });
  await assert.rejects(opening.openBody({ ...record, tags: record.tags.slice(1) }, made.identity), { reason: "bad-tags" });
  await assert.rejects(opening.openBody({ ...record, content: "no base64" }, made.identity), { reason: "bad-content" });
});

test("a family reads the reply in its slot, by a caseworker, whatever else lies there", async () => {
  const family = receipts.familyKeys(receipts.newCode());
  const [identity, slot] = [family.identity("x25519"), slots.familySlot(family.box, "r", 0)];
  const recipient = await recipientOf(identity);
  const place = { g: "a1".repeat(32), charter: "b2".repeat(32), s: slot };
  const [worker, stranger] = [keys.newSecretKey(), keys.newSecretKey()];
  const reply = { t: "reply", v: 1, n: 2, at: "2026-11-26", text: "Готово.", status: "taken", recipient } as const;
  const give = async (secret: string, where: body.Place) => {
    const file = await seal(body.write(reply, where, secret), [recipient], 3);
    return sealed.makeEnvelope({ place: where, now: 1_795_700_000, bits: 0 }, file, () => Promise.resolve());
  };
  const elsewhere = await give(worker, { ...place, s: "00".repeat(16) });
  const moved = { ...elsewhere, tags: (await give(stranger, place)).tags };
  const shard = [elsewhere, await give(stranger, place), moved, await give(worker, place)];
  const named = new Map([[place.charter, [keys.publicKey(worker)]]]);
  const open = (records: readonly records.Record[], answers: readonly string[]) => opening.openReply(records, answers, [identity], named);
  const found = await open(shard, [slot]);
  assert.deepEqual([found?.said, found?.by], [reply, keys.publicKey(worker)]);
  assert.equal(await open(shard.slice(0, 3), [slot]), null);
  const next = slots.familySlot(family.box, "r", 1); // a stranger's there hides no answer
  assert.deepEqual((await open([await give(stranger, { ...place, s: next }), ...shard], [next, slot]))?.said, reply);
});

test("a file comes out as it went in, or not at all", async () => {
  for (const size of [0, 1, 65_528, 65_529, 300_000]) {
    const content = chance(size);
    const digest = bytesToHex(sha256(content));
    const blob = await blobs.make(content);
    assert.equal(blob.bucket, blobs.bucketOf(size));
    const sealed = blobs.joined(blob.id, blob.hashes, blob.chunks);
    const plain = await unseal(sealed ?? new Uint8Array(), blob.key);
    assert.deepEqual(blobs.contentOf(plain ?? new Uint8Array(), size, digest), content);
    assert.equal(blobs.contentOf(plain ?? new Uint8Array(), size + 1, digest), null);
    assert.equal(blobs.joined(blob.id, blob.hashes, blob.chunks.slice(1)), null);
    const flipped = blob.chunks.map((chunk, i) => (i === 0 ? chunk.map((byte, at) => (at === 9 ? byte ^ 1 : byte)) : chunk));
    assert.equal(blobs.joined(blob.id, blob.hashes, flipped), null);
  }
  assert.equal(blobs.bucketOf(25 * 2 ** 20 - 8), 25 * 2 ** 20);
  assert.throws(() => blobs.bucketOf(25 * 2 ** 20 - 7), { reason: "too-large" });
});

test("a file that an answer names opens with the key beside it, whole, and as nothing else", async () => {
  const content = new Uint8Array(70_000).map((_, at) => at % 251);
  const blob = await blobs.make(content);
  const sum = bytesToHex(sha256(content));
  const file = { id: blob.id, key: blob.key, name: "a.png", type: "image/png", size: content.length, sha256: sum, role: "clean" } as const;
  assert.deepEqual(await opening.openFile(file, blob.hashes, blob.chunks), content);
  assert.equal(await opening.openFile({ ...file, key: newIdentity("x25519") }, blob.hashes, blob.chunks), null);
  assert.equal(await opening.openFile({ ...file, sha256: "0".repeat(64) }, blob.hashes, blob.chunks), null);
  assert.equal(await opening.openFile({ ...file, id: "0".repeat(64) }, blob.hashes, blob.chunks), null);
  assert.equal(await opening.openFile(file, blob.hashes, blob.chunks.slice(1)), null);
});

test("what a page needs for all of this is under 60 kB, lists of words apart", async () => {
  const names = ["blobs", "body", "mailbox", "opening", "receipts", "seal", "sealed", "slots", "unseal"];
  const contents = names.map((name) => `export * as ${name} from "./src/${name}";`).join("\n");
  const made = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("../", import.meta.url)), loader: "ts" },
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "all",
    target: ["chrome67", "firefox68", "safari14.1"],
    supported: { bigint: true },
    write: false,
  });
  const size = gzipSync(made.outputFiles[0]?.contents ?? "", { level: 9 }).length;
  assert.ok(size > 30_000 && size < 60_000, String(size));
});
