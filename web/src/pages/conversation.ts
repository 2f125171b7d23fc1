/** Conversation: the newest answer, what was written before, and what the family says next. */
import { BODY_TEXT, REPLY_TURNS } from "../limits";
import type { FamilyKeys } from "../receipts";
import type { Record } from "../record";
import { Refused } from "../refused";
import type { File as Entry, Reply } from "../said";
import { button, heading, make, note } from "./elements";
import { handAll, sealEraseRequest, sealMessage, takeFile, type Attached, type Mail, type Sight, type Web } from "./family";
import { FilesField } from "./files";
import { PersonFields } from "./person";
import { attachAll } from "./pictures";
import { cleaned } from "./typed";
import { day, type Say } from "./words";

const WHY = 1_000; // characters of a request to erase

/** The page that a conversation stands on. */
export interface Host {
  readonly web: Web;
  readonly takesNames: () => boolean;
  readonly look: () => Promise<Sight>;
  readonly back: () => void;
  readonly show: (...children: (Node | null)[]) => void;
  readonly tell: (text: string) => void;
  readonly busy: (isBusy: boolean) => void;
  readonly sentence: (thrown: unknown) => string;
}

export class Conversation {
  constructor(
    private readonly say: Say,
    private readonly lang: string,
    private readonly host: Host,
    private readonly keys: FamilyKeys,
    private readonly mail: Mail,
    private readonly isInOffice: boolean,
  ) {}

  show(): void {
    const { say } = this;
    const { reply, box } = this.mail;
    if (reply === null) {
      return this.host.show(
        heading(say("There is no answer yet")),
        make("p", {}, box.sent > 0 ? say("What you wrote lies at this node. Caseworkers read within 7 days.") : say("Nothing lies under these words. What was just sent comes here within an hour; or it was erased, or the words are of something else.")),
        box.sent > 0 ? this.writing() : null,
        button(say("Back"), "button second", () => this.host.back()),
      );
    }
    this.host.show(
      heading(say("The answer")),
      make("p", { class: "meta" }, this.state(reply)),
      this.isInOffice ? null : note(say("Who wrote this is no caseworker of the group any more. What you write now goes to those who read reports today.")),
      ...paragraphs(reply.text),
      reply.dates ? make("div", {}, make("h4", {}, say("Dates")), make("ul", {}, ...reply.dates.map((one) => make("li", {}, one)))) : null,
      reply.asks ? make("div", {}, make("h4", {}, say("They ask you")), make("ul", {}, ...reply.asks.map((one) => make("li", {}, one)))) : null,
      reply.files ? this.files(reply.files) : null,
      reply.earlier ? this.earlier(reply) : null,
      this.writing(),
      button(say("Take this off the screen"), "button second", () => this.host.back()),
    );
  }

  private earlier(reply: Reply): HTMLElement {
    const { say } = this;
    const turns = (reply.earlier ?? []).slice(-REPLY_TURNS).map((one) =>
      make("li", {}, make("p", { class: "meta" }, `${one.by === "family" ? say("You") : say("The group")} · ${day(this.lang, one.at)}`), ...paragraphs(one.text)),
    );
    return make("details", {}, make("summary", {}, say("What was written before")), make("ol", {}, ...turns));
  }

  private files(files: readonly Entry[]): HTMLElement {
    const { say } = this;
    const entries = files.map((one) => {
      const at = make("div", { "aria-live": "polite" });
      const open = button(say("Open the file"), "button second", () => void this.open(one, at));
      return make("li", {}, make("p", {}, make("bdi", {}, one.name)), open, at);
    });
    return make(
      "section",
      {},
      make("h4", {}, say("Files for you")),
      make("p", { class: "hint" }, say("Whoever runs the node sees that somebody takes this file.")),
      make("ul", {}, ...entries),
    );
  }

  /** Shows a picture that caseworkers drew anew; anything else is saved. */
  private async open(file: Entry, at: HTMLElement): Promise<void> {
    const { say } = this;
    at.replaceChildren(say("Fetching the file…"));
    const content = await takeFile(this.host.web, await this.host.look(), file).catch(() => null);
    if (content === null) return at.replaceChildren(say("No node gives the whole file. It may still be on its way: come back in an hour."));
    const isPicture = file.role === "clean" && file.type === "image/png";
    const url = URL.createObjectURL(new Blob([content.slice()], { type: isPicture ? file.type : "application/octet-stream" }));
    if (isPicture) return at.replaceChildren(make("img", { src: url, alt: file.name, class: "chart" }));
    make("a", { href: url, download: file.name }).click();
    URL.revokeObjectURL(url);
    at.replaceChildren(say("Saved. It is a plain file on this device now."));
  }

  private state(reply: Reply): string {
    const { say } = this;
    const names: { readonly [status: string]: string } = {
      waiting: say("waiting to be taken"),
      taken: say("two caseworkers hold it"),
      declined: say("cannot be helped here"),
      asked: say("they wait for your answer"),
      drafted: say("a letter is written"),
      sent: say("the letter is sent"),
      answered: say("the office has answered"),
      closed: say("closed"),
      duplicate: say("is worked on under another report"),
    };
    return `${day(this.lang, reply.at)} · ${names[reply.status] ?? reply.status}`;
  }

  private writing(): HTMLElement {
    const { say } = this;
    const text = make("textarea", { id: "message", rows: "6", autocomplete: "off", maxlength: String(BODY_TEXT), "aria-describedby": "message-error" });
    const error = make("p", { class: "error", id: "message-error", role: "alert" });
    const files = new FilesField(say);
    const person = new PersonFields(say);
    const send = (): void => {
      const who = this.host.takesNames() ? person.person() : null;
      const typed = cleaned(text.value) || (who ? say("We have sealed our name and address for the custodians.") : "");
      if (typed === "" && files.chosen.length === 0) {
        error.textContent = say("Write at least one sentence, or choose a file.");
        return text.focus();
      }
      const seal = async (sight: Sight): Promise<Sealed> => {
        const attached = await attachAll(files.chosen, who !== null);
        const envelopes = await sealMessage(this.host.web, sight, this.keys, this.mail, { text: typed, person: who, ...attached });
        return { envelopes, all: [...attached.files, ...attached.originals] };
      };
      void this.write(seal, error, say("Your message is on its way. Come back with the same eight words."));
    };
    const sendErase = (): void => {
      const seal = async (sight: Sight): Promise<Sealed> => {
        const why = [...cleaned(text.value)].slice(0, WHY).join("");
        return { envelopes: await sealEraseRequest(this.host.web, sight, this.keys, this.mail, why), all: [] };
      };
      void this.write(seal, error, say("Your request to erase is on its way. Come back with the same eight words to see that it was done."));
    };
    const erase = button(say("Ask to erase everything"), "button second", () => {
      if (erase.textContent === say("Press again to ask for erasing")) sendErase();
      else erase.textContent = say("Press again to ask for erasing");
    });
    return make(
      "section",
      {},
      make("h4", {}, say("Write to the caseworkers")),
      make("div", { class: "field" }, make("label", { for: "message" }, say("Your message")), text, error),
      make("h4", {}, say("Papers and photographs")),
      files.root,
      this.host.takesNames()
        ? make("details", {}, make("summary", {}, say("Tell your name and address")), make("p", { class: "hint" }, say("They are sealed apart. Only custodians can open them, with a reason that you will see.")), ...person.root)
        : null,
      button(say("Seal and send"), "button", send),
      make("p", { class: "hint" }, say("A request to erase is answered within 7 days and cannot be refused. Letters that were sent to an office are not ours to erase.")),
      erase,
    );
  }

  private async write(seal: (sight: Sight) => Promise<Sealed>, error: HTMLElement, done: string): Promise<void> {
    const { say, host } = this;
    host.busy(true);
    host.tell(say("Sealing on your phone… On an old phone, or where scripts run slowly, it takes some minutes: leave the page open."));
    error.textContent = "";
    try {
      const sight = await host.look(); // the charter may have changed since the page was opened
      const { envelopes, all } = await seal(sight);
      const { taken, refused, lost } = await handAll(host.web, sight, envelopes, all, progress(say, all.length, host.tell));
      if (taken.length === 0) throw new Refused(refused[0] ?? "no-answer");
      host.tell("");
      host.show(
        heading(say("Sent")),
        make("p", { class: "done" }, done),
        lost > 0 ? note(say("Not everything beside the text arrived: a file, or your name. Tell the caseworkers when you come back.")) : null,
        button(say("Back"), "button second", () => host.back()),
      );
    } catch (thrown) {
      host.tell("");
      error.textContent = host.sentence(thrown);
    } finally {
      host.busy(false);
    }
  }
}

interface Sealed {
  readonly envelopes: readonly Record[];
  readonly all: readonly Attached[];
}

/** Tells how far the files of a report or message have gone. */
export function progress(say: Say, all: number, tell: (text: string) => void): (file: number, part: number) => void {
  return (file, part) => tell(say("Sending file {number} of {all}: {part} %", { number: String(file + 1), all: String(all), part: String(Math.floor(part * 100)) }));
}

function paragraphs(text: string): HTMLElement[] {
  return text.split(/\n{2,}/).map((one) => make("p", { class: "as-typed" }, one));
}
