/** Recount: the count of one petition from public records alone, in any order. */
import { footing } from "./footing";
import type { Files } from "./lists";
import { outcome, type Recount } from "./outcome";
import { Papers, SMALL } from "./papers";
import { checkLine, kindOf, type Part, type Scope } from "./part";
import { readLine, type Record } from "./record";
import { Refused } from "./refused";
import { Tally, type Numbers } from "./tally";

/**
 * Counts one petition from canonical lines, checking everything; gives, line by line, how many are done.
 *
 * `files` gives list files by their sum. Fast leaves out the sig of signatures where that cannot
 * change the total: not for polls, not once a closing list exists, not where one key has several records.
 */
export function* counting(
  petition: string,
  lines: readonly Uint8Array[],
  files: Files,
  isFast = false,
): Generator<number, Recount, void> {
  const papers = new Papers(petition, yield* small(lines));
  const footed = footing(papers);
  const mayBeFast = footed.panel?.petition.options.length === 0 && papers.lists.size === 0;
  const scope: Scope = { petition, panel: footed.panel, refusal: footed.refusal, isFast: isFast && mayBeFast };
  const part: Part = { rows: [], refused: new Set() };
  for (let done = 0; done < lines.length; done += 1) {
    checkLine(lines[done] ?? new Uint8Array(), scope, part);
    yield done + 1;
  }
  const found = scope.isFast ? verified(lines, part) : part;
  const tally = new Tally(found.rows);
  return outcome({ papers, footing: footed, files, isFast: scope.isFast }, tally, refused(found, tally));
}

/** The same at once. */
export function recount(petition: string, lines: readonly Uint8Array[], files: Files, isFast = false): Recount {
  const steps = counting(petition, lines, files, isFast);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** What is not a signature, each id once; its steps are no lines that are done. */
function* small(lines: readonly Uint8Array[]): Generator<number, Record[], void> {
  const found = new Map<string, Record>();
  for (const line of lines) {
    const kind = kindOf(line);
    if (kind === null || !SMALL.includes(kind)) continue;
    try {
      const record = readLine(line);
      if (!found.has(record.id)) found.set(record.id, record);
      yield 0;
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown; // not a record, so nobody's word
    }
  }
  return [...found.values()];
}

/** Verifies the sigs that a fast count left out, of all keys with several records. */
function verified(lines: readonly Uint8Array[], part: Part): Part {
  const doubtful = new Tally(part.rows).repeated();
  for (const line of doubtful.size > 0 ? lines : []) {
    const claimed = new TextDecoder().decode(line.subarray(7, 71));
    if (!doubtful.has(claimed)) continue;
    try {
      doubtful.delete(readLine(line).id); // another line may hold the same record with its good sig
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
    }
  }
  const bad = [...doubtful].map((id) => `${id} bad-sig`);
  return {
    rows: part.rows.filter((row) => !doubtful.has(row.id)),
    refused: new Set([...part.refused, ...bad]),
  };
}

/** Counts the refused; who has a bad sig in one line and a good one in another is not. */
function refused(part: Part, tally: Tally): Numbers {
  const good = tally.ids();
  const reasons: Numbers = new Map();
  for (const one of part.refused) {
    const [name = "", reason = ""] = one.split(" ");
    if (reason === "bad-sig" && good.has(name)) continue;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return reasons;
}
