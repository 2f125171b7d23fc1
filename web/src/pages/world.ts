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

/** Asks once; null when nothing whole came back. No cookie, no cache, no referrer, no redirect. */
export async function ask(
  world: Pick<World, "fetch">,
  url: string,
  init: RequestInit = {},
  deadline = DEADLINE,
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
    return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
  } catch {
    return null; // refused, cut off, or too slow: for the person it is all one
  } finally {
    clearTimeout(timer);
  }
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
