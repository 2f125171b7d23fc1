/** Said: what a body can say. A page writes what a family says, and reads the replies to it. */
import { BODY_TEXT, FILES, REPLY_TURNS, STORY } from "./limits";
import { kindOf, readIdentity } from "./recipients";
import { isHex } from "./strict";

export const VERSION = 1;

/** Every type there is; those that only desks write and read are known here by name alone. */
export const TYPES: ReadonlySet<string> = new Set([
  ...["report", "identity", "message", "erase-request", "reply", "opened", "key", "assign", "note"],
  ...["related", "status", "handover", "identity-opened", "letter", "fact", "deadline", "grade"],
  ...["outcome", "snapshot", "piece", "erase"],
]);

export interface File {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
  readonly role: "clean" | "document" | "original";
}

interface Head<Type extends string> {
  readonly t: Type;
  readonly v: 1;
  readonly n: number;
  readonly at: string;
}

export interface Report extends Head<"report"> {
  readonly kind: string;
  readonly region: string;
  readonly lang: string;
  readonly story: string;
  readonly answers: Readonly<Record<string, string>>;
  readonly sender: string;
  readonly recipient: string;
  readonly box: string;
  readonly consent: { readonly figures: boolean };
  readonly files?: readonly File[];
}

export interface PersonalDetails extends Head<"identity"> {
  readonly name: string;
  readonly address: string;
  readonly phone?: string;
  readonly soldier?: string;
  readonly originals?: readonly File[];
}

export interface Message extends Head<"message"> {
  readonly text: string;
  readonly files?: readonly File[];
}

export interface EraseRequest extends Head<"erase-request"> {
  readonly why?: string;
}

export interface Turn {
  readonly by: "family" | "group";
  readonly at: string;
  readonly text: string;
}

export interface Reply extends Head<"reply"> {
  readonly text: string;
  readonly status: string;
  readonly recipient: string;
  readonly dates?: readonly string[];
  readonly asks?: readonly string[];
  readonly earlier?: readonly Turn[];
  readonly files?: readonly File[];
}

export type FamilySays = Report | PersonalDetails | Message | EraseRequest;
export type Statement = FamilySays | Reply;

type Test = (value: unknown) => boolean;
type Shape = readonly (readonly [name: string, test: Test, emptyIsLeftOut?: boolean])[];

const text = (most: number): Test => (value) => typeof value === "string" && [...value].length <= most;
const like = (pattern: RegExp): Test => (value) => typeof value === "string" && pattern.test(value);
const among = (words: string): Test => (value) => typeof value === "string" && words.split(" ").includes(value);
const list = (most: number, test: Test): Test => (value) =>
  Array.isArray(value) && value.length > 0 && value.length <= most && value.every(test);
const whole = (least: number, most: number): Test => (value) =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const hex = (bytes: number): Test => (value) => isHex(value, bytes);
const line: Test = (value) => text(300)(value) && !(value as string).includes("\n");
const word = like(/^[a-z0-9][a-z0-9._-]{0,59}$/);
const key = like(/^[a-z][a-z0-9._-]{0,59}$/); // never a number: those are put in another order
const filled = (test: Test): Test => (value) => value !== "" && test(value);

const FILE: Shape = [
  ["id", hex(32)],
  ["key", isIdentity],
  ["name", line],
  ["type", like(/^[a-z0-9][a-z0-9.+-]{0,60}\/[a-z0-9][a-z0-9.+-]{0,60}$/)],
  ["size", whole(0, 25 * 2 ** 20)],
  ["sha256", hex(32)],
  ["role", among("clean document original")],
];
const TURN: Shape = [["by", among("family group")], ["at", isDay], ["text", text(BODY_TEXT)]];
const files = list(FILES, fits(FILE));
const STATUS = among("waiting taken declined asked drafted sent answered closed duplicate");
const HEAD: Shape = [["t", among([...TYPES].join(" "))], ["v", (value) => value === 1], ["n", whole(1, 100_000)], ["at", isDay]];

const SHAPES: Readonly<Record<string, Shape>> = {
  report: [
    ["kind", word],
    ["region", like(/^[A-Za-z0-9-]{0,16}$/)],
    ["lang", like(/^[a-z]{2,3}$/)],
    ["story", text(STORY)],
    ["answers", isAnswers],
    ["sender", among("home caseworker group deputy unsure")],
    ["recipient", isRecipient],
    ["box", hex(32)],
    ["consent", fits([["figures", (value) => typeof value === "boolean"]])],
    ["files", files, true],
  ],
  identity: [
    ["name", line],
    ["address", text(1_000)],
    ["phone", filled(line), true],
    ["soldier", filled(line), true],
    ["originals", files, true],
  ],
  message: [["text", text(BODY_TEXT)], ["files", files, true]],
  "erase-request": [["why", filled(text(1_000)), true]],
  reply: [
    ["text", text(STORY)],
    ["status", STATUS],
    ["recipient", isRecipient],
    ["dates", list(20, text(1_000)), true],
    ["asks", list(20, text(1_000)), true],
    ["earlier", list(REPLY_TURNS, fits(TURN)), true],
    ["files", files, true],
  ],
};

/** Reads a statement of the types that a page knows; null when it is not of its closed shape. */
export function readStatement(value: object): Statement | null {
  const shape = SHAPES[(value as { t?: string }).t ?? ""];
  if (shape === undefined || !fits([...HEAD, ...shape])(value)) return null;
  const found = value as Statement;
  return found.t === "report" && found.n !== 1 ? null : found; // nobody can begin a case behind its end
}

/** Fields in their order, none missing but those that may be left out, and none beside. */
function fits(shape: Shape): Test {
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const found = Object.entries(value);
    const wanted = shape.filter(([name, , mayLack]) => !mayLack || name in value);
    return (
      found.length === wanted.length &&
      wanted.every(([name, test], i) => found[i]?.[0] === name && test(found[i][1]))
    );
  };
}

function isDay(value: unknown): boolean {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

function isAnswers(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const found = Object.entries(value);
  return found.length <= 40 && found.every(([name, answer]) => key(name) && line(answer));
}

function isRecipient(value: unknown): boolean {
  return typeof value === "string" && kindOf(value) !== null;
}

function isIdentity(value: unknown): boolean {
  try {
    return typeof value === "string" && readIdentity(value).seed.length > 0;
  } catch {
    return false;
  }
}
