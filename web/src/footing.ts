/** Footing: whether petition and acceptances stand, and what is to be said of their groups. */
import { continues, type Acceptance } from "./acceptance";
import type { Panel } from "./panel";
import type { Papers } from "./papers";
import type { Standing } from "./standing";

type Accepted = ReadonlyMap<string, Acceptance>;

/** What stands; `why` says why it cannot be counted, `refusal` is then the reason for every signature. */
export interface Footing {
  readonly panel: Panel | null;
  readonly accepted: Accepted;
  readonly findings: readonly string[];
  readonly why: readonly string[];
  readonly refusal: string;
}

export function footing(papers: Papers): Footing {
  const asked = papers.asked;
  if (!asked) return none(new Map(), ["no-petition"]);
  const standing = papers.standing();
  const accepted = standingOnes(papers, standing);
  const said = [...accepted.values()];
  const missing = asked.panel.map(([group]) => group).filter((one) => !said.some(({ group }) => group === one));
  const findings = said
    .map((one) => one.group)
    .filter((group) => !said.some((one) => one.group === group && standing.isOfficial(one.id)))
    .map((group) => `unsealed:${group}`);
  if (!standing.isOfficial(asked.id)) {
    const was = wasOfficial(asked, papers, standing);
    const isWhole = asked.panel.every(([group]) => group === asked.group);
    if (!was || missing.length > 0 || isWhole) return none(accepted, ["not-official"]);
    findings.push(`unsealed:${asked.group}`);
  }
  if (missing.length > 0) return none(accepted, missing.map((one) => `no-acceptance:${one}`).sort(), "not-open");
  const seats = asked.panel.flatMap(([group, kid]) => {
    const key = said.find((one) => one.key.kid === kid)?.key;
    return key ? [{ group, key, urls: [] }] : [];
  });
  findings.push(...ofGroups(papers, accepted, standing), ...reused(papers, standing));
  return { panel: { petition: asked, seats }, accepted, findings, why: [], refusal: "" };
}

function none(accepted: Accepted, why: readonly string[], refusal = "unknown-petition"): Footing {
  return { panel: null, accepted, findings: [], why, refusal };
}

function standingOnes(papers: Papers, standing: Standing): Accepted {
  const all = [...papers.accepted.values()];
  const official = all.filter((said) => standing.isOfficial(said.id));
  const disowned = all.filter(
    (said) => !official.includes(said) && wasOfficial(said, papers, standing) && isWitnessed(said, papers, official),
  );
  let stands = [...official, ...disowned];
  // what replaces an acceptance stands only beside the one it continues
  for (let before = 0; before !== stands.length; ) {
    before = stands.length;
    const held = new Map(stands.map((said) => [said.id, said]));
    stands = stands.filter((said) => {
      const earlier = said.prev === null ? null : held.get(said.prev);
      return earlier === null || (earlier !== undefined && continues(said, earlier));
    });
  }
  return new Map(stands.map((said) => [said.id, said]));
}

function wasOfficial(
  { id, group, charter }: { readonly id: string; readonly group: string; readonly charter: string },
  papers: Papers,
  standing: Standing,
): boolean {
  const named = papers.charters.get(charter);
  if (named?.group !== group || !standing.isInForce(charter)) return false;
  const office = standing.inOffice(charter);
  return [...standing.signers(id)].filter((key) => office.has(key)).length >= named.k;
}

function isWitnessed(said: Acceptance, papers: Papers, official: readonly Acceptance[]): boolean {
  const others = official.filter((one) => one.group !== said.group);
  const telling = [...papers.counters.values()].filter(
    (count) => count.seq === 0 && count.acceptances.includes(said.id),
  );
  const tells = (one: Acceptance): boolean =>
    telling.some((count) => count.group === one.group && count.author === one.stamping);
  const groups = new Set(others.map((one) => one.group));
  return others.length > 0 && [...groups].every((group) => others.some((one) => one.group === group && tells(one)));
}

function ofGroups({ asked, charters }: Papers, accepted: Accepted, standing: Standing): string[] {
  const panel = [asked?.group ?? "", ...(asked?.panel ?? []).map(([group]) => group)];
  const said = [...accepted.values()];
  const office = new Map<string, Set<string>>();
  for (const { charter, group } of said) {
    for (const key of standing.inOffice(charter)) office.set(key, (office.get(key) ?? new Set()).add(group));
  }
  return [
    ...panel.filter((group) => standing.heads(group).length > 1).map((group) => `in-dispute:${group}`),
    ...said.filter((one) => charters.get(one.charter)?.k === 1).map((one) => `one-voice:${one.group}`),
    ...(asked?.q === 1 ? ["alone"] : []),
    ...[...office].filter(([, groups]) => groups.size > 1).map(([key]) => `shared-organiser:${key}`),
  ];
}

function reused({ asked, others, othersAccepted }: Papers, standing: Standing): string[] {
  const kids = (asked?.panel ?? []).map(([, kid]) => kid);
  return [...othersAccepted.values()]
    .filter((said) => kids.includes(said.key.kid) && others.has(said.petition) && standing.isOfficial(said.id))
    .map((said) => `key-reused:${said.key.kid.slice(0, 16)}`);
}
