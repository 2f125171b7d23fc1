/** Makes the envelope of vectors/sealed-envelope.json, as a page would; prints it. */
import { writeFileSync } from "node:fs";
import * as body from "../src/body";
import * as keys from "../src/keys";
import { newIdentity, recipientOf } from "../src/recipients";
import { line } from "../src/record";
import { seal } from "../src/seal";
import { makeEnvelope } from "../src/sealed";

const place = { g: "a1".repeat(32), charter: "b2".repeat(32), s: "c3".repeat(16) };
const said = { t: "message", v: 1, n: 2, at: "2026-11-26", text: "Добрый день" } as const;
const identity = newIdentity("x25519");
const plain = body.write(said, place, keys.newSecretKey());
const sealed = await seal(plain, [await recipientOf(identity)], 3);
const blobs = [{ id: "d4".repeat(32), bucket: 65_536 }];
const record = await makeEnvelope({ place, now: 1_795_700_000, bits: 16, blobs }, sealed, () => Promise.resolve());
const made = { identity, json: JSON.stringify(said), record: line(record) };
writeFileSync(process.stdout.fd, `${JSON.stringify(made, null, 1)}\n`);
