import assert from "node:assert/strict";
import test from "node:test";
import { schnorr } from "@noble/curves/secp256k1.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import * as codes from "../src/codes";
import * as keys from "../src/keys";
import * as stamps from "../src/stamps";
import { vectors } from "./vectors";

interface Bip340 {
  cases: { index: number; secret: string; public: string; message: string; sig: string; valid: boolean }[];
}

test("BIP-340: every vector verifies, or does not, as it says", () => {
  const { cases } = vectors<Bip340>("crypto/bip340.json");
  assert.equal(cases.length, 19);
  for (const one of cases) {
    const sig = one.sig.toLowerCase();
    assert.equal(keys.verifies(one.public.toLowerCase(), hexToBytes(one.message), sig), one.valid, String(one.index));
    if (one.secret) assert.equal(keys.publicKey(one.secret.toLowerCase()), one.public.toLowerCase());
  }
});

test("a sig made here verifies by another library, and its sig here", () => {
  for (let i = 0; i < 20; i += 1) {
    const secret = keys.newSecretKey();
    const digest = hexToBytes(keys.newSecretKey());
    const [own, theirs] = [keys.sign(secret, digest), schnorr.sign(digest, hexToBytes(secret))];
    assert.ok(schnorr.verify(hexToBytes(own), digest, hexToBytes(keys.publicKey(secret))));
    assert.ok(keys.verifies(keys.publicKey(secret), digest, bytesToHex(theirs)));
    assert.ok(!keys.verifies(keys.publicKey(secret), hexToBytes(keys.newSecretKey()), own));
  }
});

interface Rfc9474 {
  cases: { [field: string]: string }[];
}

test("RFC 9474, appendix A: all four variants, byte for byte", () => {
  const { cases } = vectors<Rfc9474>("crypto/rfc9474.json");
  assert.equal(cases.length, 4);
  for (const one of cases) {
    const field = (name: string): string => one[name] ?? "";
    const number = (name: string): bigint => BigInt(`0x${field(name)}`);
    const [modulus, message, salt] = [number("n"), hexToBytes(field("prepared_msg")), hexToBytes(field("salt"))];
    const encoded = stamps.encode(message, salt, modulus.toString(2).length);
    assert.equal(bytesToHex(encoded), field("encoded_msg"));
    const factor = stamps.inverse(number("inv"), modulus) ?? 0n;
    const blinded = stamps.blindNumber(modulus, encoded, factor);
    assert.equal(bytesToHex(blinded), field("blinded_msg"));
    const stamp = stamps.unblindNumber(modulus, hexToBytes(field("blind_sig")), number("inv"));
    assert.equal(bytesToHex(stamp), field("sig"));
    assert.ok(stamps.verifies(modulus, message, stamp, salt.length));
    assert.ok(!stamps.verifies(modulus, Uint8Array.of(...message, 0), stamp, salt.length));
  }
});

interface Rfc9578 {
  cases: { [field: string]: string }[];
}

test("RFC 9578, appendix B.2: the token input and the key's one spelling", () => {
  for (const one of vectors<Rfc9578>("crypto/rfc9578.json").cases) {
    const token = one["token"] ?? "";
    const key = stamps.stampKey(hexToBytes(one["pkS"] ?? ""));
    // token type, nonce, challenge digest, key id, then the stamp
    const [nonce, digest, kid] = [token.slice(4, 68), token.slice(68, 132), token.slice(132, 196)];
    assert.equal(key.kid, kid);
    assert.equal(bytesToHex(stamps.tokenInput(digest, nonce, kid)), token.slice(0, 196));
    assert.ok(stamps.verifies(key.modulus, hexToBytes(token.slice(0, 196)), hexToBytes(token.slice(196)), 48));
  }
});

interface Codes {
  written: { kid: string; secret: string; code: string }[];
  read: { name: string; typed: string; code?: string; slips?: number[] }[];
}

test("codes read as Python reads them, and name the blocks that are wrong", () => {
  const { written, read } = vectors<Codes>("crypto/codes.json");
  for (const { kid, secret, code } of written) {
    assert.deepEqual(codes.read(code).part, { kid4: kid.slice(0, 4), secret });
  }
  for (const { name, typed, code, slips } of read) {
    const found = codes.read(typed);
    if (code !== undefined) assert.deepEqual(found.part, codes.read(code).part, name);
    else assert.deepEqual([found.part, found.digits.length === 36 ? found.wrong : []], [null, slips], name);
  }
});
