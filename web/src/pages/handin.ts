/** Hand in: a sealed file, anybody's, goes to nodes by its parts, however large it is. */
import { Refused } from "../refused";
import { read, type SealedFile } from "../sealedfile";
import { make } from "./elements";
import { handAll, type Sight, type Web } from "./family";
import { progress } from "./conversation";
import type { Say } from "./words";

export interface Desk {
  readonly web: Web;
  readonly look: (group: string) => Promise<Sight>;
  readonly sentence: (thrown: unknown) => string;
}

/** Takes the place of what the form does without a script: that takes small files alone. */
export function takeOver(form: HTMLFormElement, say: Say, desk: Desk): void {
  const told = make("p", { id: "handed-in", role: "status" });
  const tell = (text: string, look = "meta"): void => {
    told.className = look;
    told.textContent = text;
  };
  document.getElementById("handed-in")?.remove();
  form.after(told);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector<HTMLInputElement>("input[type=file]")?.files?.[0];
    if (chosen === undefined) return tell(say("Choose the sealed file first."), "note");
    const button = form.querySelector("button");
    if (button) button.disabled = true;
    void handIn(chosen, say, desk, tell).then(() => {
      if (button) button.disabled = false;
    });
  });
}

async function handIn(chosen: File, say: Say, desk: Desk, tell: (text: string, look?: string) => void): Promise<void> {
  tell(say("Handing it to two nodes…"));
  try {
    const file = opened(await contents(chosen));
    const group = file.envelopes[0]?.tags[0]?.[1] ?? "";
    const sight = await desk.look(group);
    const files = file.attachments.map((blob) => ({ blob }));
    const { taken, refused, lost } = await handAll(desk.web, sight, file.envelopes, files, progress(say, files.length, tell));
    if (taken.length === 0) throw new Refused(refused[0] ?? "no-answer");
    if (lost > 0) tell(say("The text is durable, but not all that belongs to it arrived. Hand the file in once more."), "note");
    else tell(say("The sealed file is durable. What is in it no node can read."), "done");
  } catch (thrown) {
    const isNone = thrown instanceof Refused && thrown.reason === "no-envelope";
    tell(isNone ? say("That is not a sealed file, or not a whole one. Nothing was sent.") : desk.sentence(thrown), "note");
  }
}

function opened(raw: Uint8Array): SealedFile {
  try {
    return read(raw);
  } catch {
    throw new Refused("no-envelope");
  }
}

function contents(chosen: File): Promise<Uint8Array> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(new Uint8Array(reader.result as ArrayBuffer)));
    reader.addEventListener("error", () => fail(new Refused("no-envelope")));
    reader.readAsArrayBuffer(chosen);
  });
}
