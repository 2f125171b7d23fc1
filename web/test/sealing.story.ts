/** Opens what a program sealed and seals for it, as a page would: told on stdin, answered on stdout. */
import { readFileSync } from "node:fs";
import { seal } from "../src/seal";
import { unseal } from "../src/unseal";

interface Told {
  readonly identity: string; // this page's own
  readonly sealed: string;
  readonly recipients: readonly string[];
  readonly places: number;
}

const told = JSON.parse(readFileSync(0, "utf8")) as Told;
const opened = await unseal(Uint8Array.from(Buffer.from(told.sealed, "base64")), told.identity);
if (opened === null) throw new Error("it does not open");
const sealed = await seal(opened, told.recipients, told.places);
process.stdout.write(JSON.stringify({ sealed: Buffer.from(sealed).toString("base64") }));
