/** What a family's page works out without a browser: traces in pictures, who reads, which shard. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { namedBy } from "../src/caseworker";
import * as keys from "../src/keys";
import { familyKeys, newCode } from "../src/receipts";
import { newIdentity, recipientOf } from "../src/recipients";
import { sign, type Record } from "../src/record";
import { Refused } from "../src/refused";
import { openBody } from "../src/opening";
import { bare } from "../src/pages/bare";
import { bitsOf, look, sealMessage, type Sight } from "../src/pages/family";
import { hand } from "../src/pages/handing";
import { readersOf, readIntake, sortOf } from "../src/pages/intake";
import { tracesOf } from "../src/pages/traces";
import { ask } from "../src/pages/world";

const organiser = keys.newSecretKey();

function charter(name: string, before: Record | null): Record {
  const head = before === null ? [] : [["g", before.id], ["prev", before.id]];
  const tags = [...head, ["name", name], ["k", "1"], ["organiser", keys.publicKey(organiser)], ["lang", "ru"]];
  return sign({ kind: 3960, created_at: 1_795_219_200, tags, content: "" }, organiser);
}

function tiff(isLittle: boolean, tags: readonly number[]): Uint8Array {
  const made = new Uint8Array(14 + 12 * tags.length);
  const view = new DataView(made.buffer);
  made.set(isLittle ? [0x49, 0x49, 42, 0] : [0x4d, 0x4d, 0, 42]);
  view.setUint32(4, 8, isLittle);
  view.setUint16(8, tags.length, isLittle);
  tags.forEach((tag, i) => view.setUint16(10 + 12 * i, tag, isLittle));
  return made;
}

function picture(before: string, block: Uint8Array): Uint8Array {
  const head = Uint8Array.from(before, (sign) => sign.charCodeAt(0));
  return Uint8Array.from([...head, ...block]);
}

test("place, camera and time are found in JPEG, PNG and WebP, in both orders of bytes", () => {
  for (const isLittle of [true, false]) {
    assert.deepEqual(tracesOf(picture("\xff\xe1\x00\x20Exif\0\0", tiff(isLittle, [0x010f, 0x8825]))), ["camera", "place"]);
    assert.deepEqual(tracesOf(picture("....eXIf", tiff(isLittle, [0x0132]))), ["time"]);
    assert.deepEqual(tracesOf(picture("EXIF....", tiff(isLittle, [0x0110]))), ["camera"]);
  }
});

test("a picture without them, or cut in the middle of them, tells nothing and stops nothing", () => {
  assert.deepEqual(tracesOf(picture("Exif\0\0", tiff(true, [0x0100]))), []);
  assert.deepEqual(tracesOf(picture("nothing.", tiff(true, [0x8825]))), []);
  const whole = picture("Exif\0\0", tiff(true, [0x0100, 0x8825]));
  for (let size = 0; size < whole.length; size += 1) assert.ok(tracesOf(whole.subarray(0, size)).length <= 1);
});

const signs = (text: string): Uint8Array => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
const segment = (mark: number, inside: string): string =>
  `\xff${String.fromCharCode(mark, (inside.length + 2) >> 8, (inside.length + 2) & 255)}${inside}`;
const chunk = (name: string, inside: string): string => `\0\0\0${String.fromCharCode(inside.length)}${name}${inside}sums`;
const riff = (name: string, inside: string): string => `${name}${String.fromCharCode(inside.length)}\0\0\0${inside}`;

test("of a JPEG the picture stays and which side is up, and nothing else, before it or behind it", () => {
  const held = "II*\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x06\0\0\0came\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
  const up = segment(0xe1, "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0");
  const adobe = segment(0xee, "Adobe\0d\0\0\0\0\x01");
  const [tables, frame] = [segment(0xdb, "table"), segment(0xc2, "frame")];
  const scans = `${segment(0xda, "one")}ab\xff\0cd\xff\xd0ef${segment(0xda, "two")}gh`;
  const told = [[0xe0, "JFIF\0"], [0xe1, `Exif\0\0${held}`], [0xe1, "http://ns.adobe.com/xap"], [0xe2, "ICC"], [0xee, "Adobe or else"], [0xfe, "by whom"]];
  const beside = told.map(([mark, inside]) => segment(mark as number, inside as string)).join("");
  const file = signs(`\xff\xd8${beside}${adobe}${tables}${frame}${scans}\xff\xd9and a film`);
  assert.deepEqual(bare(file), signs(`\xff\xd8${up}${adobe}${tables}${frame}${scans}\xff\xd9`));
  const whole = file.length - "and a film".length;
  for (let size = 0; size < whole; size += 1) assert.equal(bare(file.subarray(0, size)), null);
});

test("of a PNG and a WebP the picture stays alone; what moves, or is none of them, is not touched", () => {
  const png = (...chunks: string[]): Uint8Array => signs(`\x89PNG\r\n\x1a\n${chunks.join("")}`);
  const [head, picture, end] = [chunk("IHDR", "head"), chunk("IDAT", "picture"), chunk("IEND", "")];
  assert.deepEqual(bare(png(head, chunk("eXIf", "where"), picture, chunk("tEXt", "who"), end, "film")), png(head, picture, end));
  assert.equal(bare(png(head, picture)), null);
  const webp = (...chunks: string[]): Uint8Array => signs(riff("RIFF", `WEBP${chunks.join("")}`));
  const [plain, colours] = [riff("VP8X", "\x10-----"), riff("VP8 ", "picture")];
  const told = webp(riff("VP8X", "\x3c-----"), riff("ICCP", "by"), `${colours}\0`, riff("EXIF", "places"), riff("XMP ", "who!"));
  assert.deepEqual(bare(told), webp(plain, `${colours}\0`));
  assert.equal(bare(webp(plain, riff("ANIM", "moves!"), colours)), null);
  for (const other of ["", "GIF89a", "RIFF\0\0\0\0WAVE"]) assert.equal(bare(signs(other)), null);
});

test("an amendment that only one of two nodes gives is in force", () => {
  const founding = charter("one", null);
  const amended = charter("two", founding);
  assert.equal(readIntake([founding], founding.id).name, "one");
  assert.equal(readIntake([founding, founding, amended], founding.id).name, "two");
  assert.deepEqual(readersOf(readIntake([founding, amended], founding.id)), []);
});

test("a charter that was altered, or of which there are two, is none to seal under", () => {
  const founding = charter("one", null);
  const altered = { ...founding, content: "x" };
  assert.throws(() => readIntake([altered, null, 7], founding.id), (thrown) => thrown instanceof Refused && thrown.reason === "no-charter");
  const branches = [charter("two", founding), charter("three", founding)];
  assert.throws(() => readIntake([founding, ...branches], founding.id), (thrown) => thrown instanceof Refused && thrown.reason === "in-dispute");
});

test("shards have 16 to 32 envelopes", () => {
  assert.deepEqual([0, 1, 31, 32, 63, 64, 1_000, 1_024].map(bitsOf), [0, 0, 0, 1, 1, 2, 5, 6]);
});

test("what a family writes next goes to whom a caseworker of now names, never to who was dismissed", async () => {
  const [ofIntake, ofCase] = [newIdentity("x25519"), newIdentity("x25519")];
  const worker = { key: keys.publicKey(organiser), recipient: await recipientOf(ofIntake), role: "intake", custodian: "" };
  const own = { group: "a1".repeat(32), charter: "b2".repeat(32), name: "one", since: 0, nodes: [], caseworkers: [worker] };
  const sight: Sight = { intake: { ...own, named: new Map() }, now: 1_795_700_000, bits: 0, nodes: [], answered: 0 };
  const head = { t: "reply", v: 1, n: 2, at: "2026-11-26", text: "Готово.", status: "taken" } as const;
  const mail = { box: { sent: 1, replies: 1, answers: ["00".repeat(16)] }, reply: { ...head, recipient: await recipientOf(ofCase) } };
  const family = familyKeys(newCode());
  const web = { fetch: () => Promise.reject(new Error("nothing is asked")), pause: () => Promise.resolve() };
  const added = { text: "Добрый день", person: null, files: [], originals: [] };
  for (const [by, mine, other] of [[worker.key, ofCase, ofIntake], ["c3".repeat(32), ofIntake, ofCase]] as const) {
    const [record] = await sealMessage(web, sight, family, { ...mail, by }, added);
    assert.ok(record !== undefined);
    assert.equal((await openBody(record, mine))?.said.t, "message");
    assert.equal(await openBody(record, other), null);
  }
});

test("an envelope is handed on until two nodes have it, and no third is asked", async () => {
  const envelope = charter("any record", null);
  const asked: string[] = [];
  const said: { readonly [url: string]: object } = { "a/": { held: envelope.id }, "b/": { refused: "stale" }, "c/": { kept: envelope.id }, "d/": { held: envelope.id } };
  const fetch = (url: string): Promise<Response> => {
    asked.push(url);
    return Promise.resolve(new Response(JSON.stringify(said[url.replace("records", "")])));
  };
  const handed = await hand({ fetch }, envelope, ["a/", "b/", "c/", "d/"]);
  assert.deepEqual(handed, { taken: ["a/", "c/"], refused: ["stale"] });
  assert.deepEqual(asked, ["a/records", "b/records", "c/records"]);
  const other = await hand({ fetch: () => Promise.resolve(new Response('{"held":"another"}')) }, envelope, ["a/"]);
  assert.deepEqual(other, { taken: [], refused: ["no-answer"] });
});

test("a hybrid recipient is taken from a season, by its sum; without it nothing is sealed", async () => {
  const [secret, recipient] = [keys.newSecretKey(), await recipientOf(newIdentity("hybrid"))];
  const tag = utf8ToBytes("wayhome/caseworker/1");
  const said = utf8ToBytes(`${namedBy(recipient)}\0intake\0`);
  const proof = keys.sign(secret, sha256(concatBytes(sha256(tag), sha256(tag), said)));
  const head = [["name", "one"], ["k", "1"], ["organiser", keys.publicKey(organiser)], ["lang", "ru"]];
  const worker = ["caseworker", keys.publicKey(secret), namedBy(recipient), "intake", "", proof];
  const written = { created_at: 1_795_219_200, content: "" };
  const founding = sign({ ...written, kind: 3960, tags: [...head, worker] }, organiser);
  const ties = [["g", founding.id], ["charter", founding.id]];
  const cut = (whole: string): string[] => ["recipient", whole.slice(0, 900), whole.slice(900, 1_800), whole.slice(1_800)];
  const season = sign({ ...written, kind: 3964, tags: [...ties, cut(recipient)] }, secret); // by anybody
  const other = sign({ ...written, kind: 3964, tags: [...ties, cut(await recipientOf(newIdentity("hybrid")))] }, organiser);
  const intake = readIntake([founding, other, season], founding.id);
  assert.deepEqual([readersOf(intake), sortOf(intake)], [[recipient], "hybrid"]);
  for (const given of [[founding], [founding, other]]) {
    assert.throws(() => readIntake(given, founding.id), (thrown: Refused) => thrown.reason === "no-charter");
  }
});

test("a node that asks for endless work, or tells an impossible day, makes no phone wait for it", async () => {
  const founding = charter("one", null);
  const now = Math.floor(Date.now() / 1000);
  const said = (more: object): object => ({ now, bits: 18, records: [founding], nodes: [], address: "", ...more });
  const seen = (...told: object[]): Promise<Sight> => {
    const fetch = (url: string): Promise<Response> => Promise.resolve(new Response(JSON.stringify(told[Number(url[0])])));
    return look({ fetch, pause: () => Promise.resolve() }, founding.id, "0/", told.slice(1).map((_, i) => `${i + 1}/`));
  };
  const refused = (reason: string) => (thrown: unknown) => thrown instanceof Refused && thrown.reason === reason;
  await assert.rejects(seen(said({ bits: 25 })), refused("too-much-work"));
  await assert.rejects(seen(said({ now: 8_640_000_000_001 })), refused("no-node"));
  const { bits, nodes, answered } = await seen(said({ bits: 60 }), said({ bits: 24 }));
  assert.deepEqual([bits, nodes, answered], [24, ["1/"], 1]);
  assert.equal((await seen(said({ now: 86_400 * 40_000 }), said({}))).now, now);
  const many = Array.from({ length: 1_000 }, (_, i) => `https://n${i}.test/`);
  let asked = 0;
  const fetch = (): Promise<Response> => Promise.resolve(new Response(asked++ === 0 ? JSON.stringify(said({ nodes: many })) : "no"));
  await look({ fetch, pause: () => Promise.resolve() }, founding.id, "", []);
  assert.equal(asked, 16);
});

test("an answer without an end is cut, and counts as none", async () => {
  let given = 0;
  const endless = (): Promise<Response> => {
    const body = new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array((given += 1_000) && 1_000)) });
    return Promise.resolve(new Response(body));
  };
  assert.equal(await ask({ fetch: endless }, "", {}, 30_000, 10_000), null);
  assert.ok(given < 20_000);
  const whole = await ask({ fetch: () => Promise.resolve(new Response("ten bytes!")) }, "", {}, 30_000, 10);
  assert.equal(new TextDecoder().decode(whole?.body), "ten bytes!");
});
