/** Lists: which closing lists can be used, and whether by them the petition is closed. */
import { mayList, type ClosingList } from "./closing_list";
import type { Footing } from "./footing";
import { LISTS_AFTER_CLOSE } from "./limits";
import { ListFile } from "./listfile";
import type { Papers } from "./papers";
import type { Petition } from "./petition";
import type { Listing } from "./tally";

export type State = "open" | "closing" | "closed" | "not-countable";
export type Files = ReadonlyMap<string, Uint8Array>;

/** The usable lists by author, what they hold, and the state that follows. */
export interface Lists {
  readonly usable: readonly ClosingList[];
  readonly listings: readonly Listing[];
  readonly state: State;
  readonly findings: readonly string[];
}

/** Takes the lists that may be written, are their author's only one, and have their files. */
export function lists(papers: Papers, asked: Petition, footed: Footing, files: Files): Lists {
  const said = [...footed.accepted.values()];
  const named = new Set([asked.charter, ...said.map((one) => one.charter)]);
  const charters = [...papers.charters.values()].filter((one) => named.has(one.id));
  const allowed = [...papers.lists.values()]
    .filter((one) => one.at === asked.close + LISTS_AFTER_CLOSE && mayList(one, said, charters))
    .sort((one, other) => (one.author < other.author ? -1 : 1));
  const shelf: Shelf = new Map();
  const usable: ClosingList[] = [];
  const listings: Listing[] = [];
  const findings: string[] = [];
  for (const one of allowed) {
    if (allowed.some((other) => other !== one && other.author === one.author)) {
      findings.push(`two-lists:${one.author}`);
      continue;
    }
    const signed = file(one.sum, one.count, files, shelf);
    const withdrawn = file(one.withdrawnSum, one.withdrawn, files, shelf);
    if (!signed || !withdrawn) {
      findings.push(`no-list-file:${one.author}`);
      continue;
    }
    usable.push(one);
    listings.push({ author: one.author, group: one.group, signed, withdrawn });
  }
  if (new Set(usable.map((one) => `${one.sum} ${one.withdrawnSum}`)).size > 1) findings.push("lists-differ");
  return { usable, listings, state: state(asked, usable), findings };
}

type Shelf = Map<string, ListFile | null>;

/** The file of a sum; equal lists share it. */
function file(wanted: string, count: number, files: Files, shelf: Shelf): ListFile | null {
  let found = shelf.get(wanted);
  if (found === undefined) {
    found = ListFile.of(files.get(wanted) ?? new Uint8Array()); // the empty one needs no file
    shelf.set(wanted, found);
  }
  return found?.sum === wanted && found.size === count ? found : null;
}

function state({ panel, q }: Petition, usable: readonly ClosingList[]): State {
  if (usable.length === 0) return "open";
  const groups = panel.filter(([group]) => usable.some((said) => said.group === group));
  return groups.length < q ? "closing" : "closed";
}
