import assert from "node:assert/strict";
import { constants, createPublicKey, generateKeyPairSync, privateDecrypt, webcrypto } from "node:crypto";
import test from "node:test";
import { RSABSSA } from "@cloudflare/blindrsa-ts";
import { bytesToHex } from "@noble/hashes/utils.js";
import * as stamps from "../src/stamps";

const SUITE = RSABSSA.SHA384.PSS.Deterministic();
const PSS = { name: "RSA-PSS", hash: "SHA-384" };
// RFC 9578, 8.2.2: what comes before the modulus
const HEAD =
  "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a864886f70d" +
  "010108300b0609608648016503040202a2030201300382010f003082010a0282010100";

interface Pair {
  readonly own: stamps.StampKey;
  readonly theirs: CryptoKey;
  readonly sign: (blinded: Uint8Array) => Uint8Array;
}

async function pair(): Promise<Pair> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { n = "", e = "" } = privateKey.export({ format: "jwk" });
  const hex = Buffer.from(n, "base64url").toString("hex");
  const own = stamps.stampKey(Uint8Array.from(Buffer.from(`${HEAD}${hex}0203010001`, "hex")));
  const spki = createPublicKey(publicKey.export({ format: "pem", type: "spki" })).export({ format: "der", type: "spki" });
  const theirs = await webcrypto.subtle.importKey("spki", spki, PSS, true, ["verify"]);
  assert.equal(e, "AQAB");
  const raw = { key: privateKey, padding: constants.RSA_NO_PADDING };
  const sign = (blinded: Uint8Array): Uint8Array => Uint8Array.from(privateDecrypt(raw, blinded));
  return { own, theirs: theirs as CryptoKey, sign };
}

/** Lets the other client blind, and tells the salt that it drew. */
async function theirBlinding(key: CryptoKey, message: Uint8Array): Promise<{ blinded: Uint8Array; inv: Uint8Array; salt: Uint8Array }> {
  const draw = globalThis.crypto.getRandomValues.bind(globalThis.crypto);
  let salt = new Uint8Array();
  globalThis.crypto.getRandomValues = (into) => {
    const drawn = draw(into);
    if (drawn instanceof Uint8Array && drawn.length === 48) salt = Uint8Array.from(drawn);
    return drawn;
  };
  try {
    const { blindedMsg, inv } = await SUITE.blind(key, message);
    return { blinded: blindedMsg, inv, salt };
  } finally {
    globalThis.crypto.getRandomValues = draw;
  }
}

test("blinded by one client and finalised by the other, 100 times; same salt and factor, same bytes", async () => {
  const { own, theirs, sign } = await pair();
  for (let i = 0; i < 100; i += 1) {
    const message = stamps.tokenInput("a".repeat(64), i.toString(16).padStart(64, "0"), own.kid);
    const ours = stamps.newBlinding(own);
    const blindSig = sign(stamps.blind(own, message, ours));
    const factor = BigInt(`0x${ours.factor}`);
    const inverse = stamps.inverse(factor, own.modulus) ?? 0n;
    const inverted = Uint8Array.from(Buffer.from(inverse.toString(16).padStart(512, "0"), "hex"));
    const stamp = await SUITE.finalize(theirs, message, blindSig, inverted);
    assert.equal(bytesToHex(stamp), bytesToHex(stamps.finalise(own, message, ours.factor, blindSig)));

    const { blinded, inv, salt } = await theirBlinding(theirs, message);
    const number = stamps.inverse(BigInt(`0x${bytesToHex(inv)}`), own.modulus) ?? 0n;
    const same = { salt: bytesToHex(salt), factor: number.toString(16) };
    assert.equal(bytesToHex(stamps.blind(own, message, same)), bytesToHex(blinded));
    const found = stamps.finalise(own, message, same.factor, sign(blinded));
    assert.ok(await SUITE.verify(theirs, found, message));
  }
});

test("a flipped bit anywhere in the answer is refused, and so is another key's stamp", async () => {
  const [one, another] = [await pair(), await pair()];
  // what is below one modulus must be below the other's too, or a desk cannot answer it at all
  const [{ own, sign }, other] = one.own.modulus < another.own.modulus ? [one, another] : [another, one];
  const message = stamps.tokenInput("a".repeat(64), "b".repeat(64), own.kid);
  const blinding = stamps.newBlinding(own);
  const blinded = stamps.blind(own, message, blinding);
  const answer = sign(blinded);
  for (let bit = 0; bit < 2048; bit += 31) {
    const flipped = Uint8Array.from(answer);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => stamps.finalise(own, message, blinding.factor, flipped), /bad-answer/);
  }
  assert.throws(() => stamps.finalise(own, message, blinding.factor, other.sign(blinded)), /bad-answer/);
  const elsewhere = stamps.tokenInput("c".repeat(64), "b".repeat(64), own.kid);
  assert.throws(() => stamps.finalise(own, elsewhere, blinding.factor, answer), /bad-answer/);
});

test("no two blindings are alike, and what is sent tells nothing of the message", async () => {
  const { own } = await pair();
  const message = stamps.tokenInput("a".repeat(64), "b".repeat(64), own.kid);
  const sent = new Set<string>();
  for (let i = 0; i < 50; i += 1) sent.add(bytesToHex(stamps.blind(own, message, stamps.newBlinding(own))));
  assert.equal(sent.size, 50);
});
