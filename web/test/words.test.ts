import assert from "node:assert/strict";
import { test } from "node:test";
import { moment, speaker } from "../src/pages/words";

test("a moment is said as pages say it, wherever the phone is", () => {
  const at = Date.UTC(2026, 10, 30, 22, 5) / 1000;
  const say = (sentence: string | number, filled = {}): string => speaker([])(String(sentence), filled);
  assert.equal(moment(say, "ru", at), "1 декабря в 01:05 UTC");
  assert.equal(moment(say, "en", at).replace(" at", ","), "30 November, 22:05 UTC");
});
