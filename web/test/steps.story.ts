/**
 * Signs against a running network, closed at its n-th step and begun again by what is stored.
 *
 * Standard input: {"petition", "home", "now", "close", "codes"}; `close` is "write" or "fetch" and the
 * number of the one at which the browser is closed. Standard output: what is stored at the end.
 */
import { readFileSync } from "node:fs";
import * as codes from "../src/codes";
import { Place } from "../src/pages/entry";
import { look } from "../src/pages/nodes";
import { begin, find, go } from "../src/pages/signing";
import type { World } from "../src/pages/world";

interface Asked {
  readonly petition: string;
  readonly home: string;
  readonly now: number;
  readonly close: readonly [string, number];
  readonly codes: readonly string[];
  readonly stored: string | null;
  readonly keep: boolean;
}

const asked = JSON.parse(readFileSync(0, "utf8")) as Asked;
const name = `wayhome/${asked.petition}`;
const kept = new Map<string, string>(asked.stored === null ? [] : [[name, asked.stored]]);

/** A browser; closed at a step it is gone: nothing is written, sent or waited for any more. */
function browser(close: readonly [string, number]): World {
  let isClosed = false;
  const left: { [what: string]: number } = { write: -1, fetch: -1, [close[0]]: close[1] };
  const step = (what: string): void => {
    if (left[what] === 0) isClosed = true;
    left[what] = (left[what] ?? -1) - 1;
    if (isClosed) throw new Error("closed");
  };
  return {
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, text) => {
        step("write");
        kept.set(key, text);
      },
      removeItem: (key) => void kept.delete(key),
    },
    // closed while the question is under way: it arrives, and nobody hears the answer
    fetch: async (url, init) => {
      const answer = isClosed ? null : await fetch(url, init);
      step("fetch");
      return answer as Response;
    },
    now: () => asked.now,
    pause: async () => {
      if (isClosed) throw new Error("closed");
    },
  };
}

async function visit(world: World): Promise<void> {
  const place = new Place(world, asked.petition);
  const sight = await look(world, asked.petition, { url: asked.home, group: "" }, []);
  const parts = asked.codes.map((code) => codes.read(code).part).flatMap((part) => (part ? [part] : []));
  const entry = place.read() ?? begin(place, sight.panel, parts, { keep: asked.keep });
  if (entry.step === "sent") await find(world, place, sight, entry, () => undefined);
  else await go(world, place, sight, entry, () => undefined);
}

let isClosed = false;
try {
  await visit(browser(asked.close));
} catch (thrown) {
  isClosed = true;
  const { message } = thrown as Error;
  if (!["closed", "no-storage", "one-node", "no-node"].includes(message)) throw thrown;
}
const before = kept.get(name) ?? null;
if (isClosed) await visit(browser(["", 0]));
process.stdout.write(JSON.stringify({ isClosed, before, stored: kept.get(name) ?? null }));
