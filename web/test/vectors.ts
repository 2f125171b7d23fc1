/** The vectors that Python runs too. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// tests are bundled into web/built
export const FOLDER = new URL("../../vectors/", import.meta.url);

export function vectors<Shape>(name: string): Shape {
  return JSON.parse(readFileSync(fileURLToPath(new URL(name, FOLDER)), "utf8")) as Shape;
}

export interface KindCase {
  readonly name: string;
  readonly answer: string;
  readonly record: string;
  readonly held?: readonly string[];
  readonly official?: readonly string[];
  readonly origin?: string;
}

/** Runs what may refuse and says what came of it, as the vectors do. */
export function answer(act: () => unknown): string {
  try {
    act();
    return "kept";
  } catch (thrown) {
    return `refused: ${(thrown as { reason?: string }).reason ?? String(thrown)}`;
  }
}
