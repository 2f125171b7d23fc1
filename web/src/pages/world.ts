/** World: all that signing touches beside its own state; tests hand in another one. */
export interface World {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** Unix seconds by this phone's clock. */
  readonly now: () => number;
  readonly pause: (seconds: number) => Promise<void>;
}

export interface Reply {
  readonly status: number;
  readonly body: Uint8Array;
}

const DEADLINE = 30_000; // milliseconds: a slow line is no dead one, but a person waits
const MOST = 64 * 2 ** 20; // bytes of an answer: the ids of a window with two million signatures

/** Asks once; null when nothing whole came back, or no end of it. No cookie, no cache, no referrer, no redirect. */
export async function ask(
  world: Pick<World, "fetch">,
  url: string,
  init: RequestInit = {},
  deadline = DEADLINE,
  most = MOST,
): Promise<Reply | null> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), deadline);
  try {
    const response = await world.fetch(url, {
      ...init,
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: stop.signal,
    });
    return { status: response.status, body: await bodyOf(response, most) };
  } catch {
    return null; // refused, cut off, or too slow: for the person it is all one
  } finally {
    clearTimeout(timer);
    stop.abort(); // what was not read is not sent on
  }
}

/** Reads an answer as far as it may go: a node that sends without end fills no phone. */
async function bodyOf(response: Response, most: number): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
    pieces.push(piece.value);
    size += piece.value.length;
    if (size > most) throw new Error("no end");
  }
  return joined(pieces, size);
}

/** Puts pieces together that have so many bytes in all. */
export function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

export function post(body: string): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body };
}

/** Reads an answer's JSON object; null when it is none. */
export function json(reply: Reply | null): { readonly [name: string]: unknown } | null {
  try {
    const found: unknown = JSON.parse(new TextDecoder().decode(reply?.body));
    return typeof found === "object" && found !== null ? (found as { [name: string]: unknown }) : null;
  } catch {
    return null;
  }
}
