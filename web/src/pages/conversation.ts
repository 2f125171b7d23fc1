/** Conversation: the newest answer, what was written before, and what the family says next. */
import { BODY_TEXT, REPLY_TURNS } from "../limits";
import type { FamilyKeys } from "../receipts";
import { Refused } from "../refused";
import type { File as Entry, Reply } from "../said";
import { button, heading, make } from "./elements";
import { handAll, sealMessage, takeFile, type Mail, type Sight, type Web } from "./family";
import type { Say } from "./words";

/** The page that a conversation stands on. */
export interface Host {
  readonly web: Web;
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
    private readonly host: Host,
    private readonly keys: FamilyKeys,
    private readonly mail: Mail,
  ) {}

  show(): void {
    const { say } = this;
    const { reply, box } = this.mail;
    if (reply === null) {
      return this.host.show(
        heading(say("There is no answer yet")),
        make("p", {}, box.sent > 0 ? say("What you wrote lies at this node. Caseworkers read within 7 days.") : say("Nothing lies under these words. It may not have come here yet, or was erased, or the words are of something else.")),
        box.sent > 0 ? this.writing() : null,
        button(say("Back"), "button second", () => this.host.back()),
      );
    }
    this.host.show(
      heading(say("The answer")),
      make("p", { class: "meta" }, this.state(reply)),
      ...paragraphs(reply.text),
      reply.dates ? make("div", {}, make("h4", {}, say("Dates")), make("ul", {}, ...reply.dates.map((one) => make("li", {}, one)))) : null,
      reply.asks ? make("div", {}, make("h4", {}, say("They ask you")), make("ul", {}, ...reply.asks.map((one) => make("li", {}, one)))) : null,
      reply.files ? this.files(reply.files) : null,
      reply.earlier ? this.earlier(reply) : null,
      this.writing(),
    );
  }

  private earlier(reply: Reply): HTMLElement {
    const { say } = this;
    const turns = (reply.earlier ?? []).slice(-REPLY_TURNS).map((one) =>
      make("li", {}, make("p", { class: "meta" }, `${one.by === "family" ? say("You") : say("The group")} · ${one.at}`), ...paragraphs(one.text)),
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
    return `${reply.at} · ${names[reply.status] ?? reply.status}`;
  }

  private writing(): HTMLElement {
    const { say } = this;
    const text = make("textarea", { id: "message", rows: "6", autocomplete: "off", maxlength: String(BODY_TEXT), "aria-describedby": "message-error" });
    const error = make("p", { class: "error", id: "message-error" });
    const send = (isErase: boolean): void => {
      if (!isErase && text.value.trim() === "") {
        error.textContent = say("Write at least one sentence.");
        return text.focus();
      }
      void this.write(text, isErase);
    };
    const erase = button(say("Ask to erase everything"), "button second", () => {
      if (erase.textContent === say("Press again to ask for erasing")) send(true);
      else erase.textContent = say("Press again to ask for erasing");
    });
    return make(
      "section",
      {},
      make("h4", {}, say("Write to the caseworkers")),
      make("div", { class: "field" }, make("label", { for: "message" }, say("Your message")), text, error),
      button(say("Seal and send"), "button", () => send(false)),
      make("p", { class: "hint" }, say("A request to erase is answered within 7 days and cannot be refused. Letters that were sent to an office are not ours to erase.")),
      erase,
    );
  }

  private async write(text: HTMLTextAreaElement, isErase: boolean): Promise<void> {
    const { say } = this;
    const { host } = this;
    host.busy(true);
    host.tell(say("Sealing on your phone…"));
    const error = make("p", { class: "error", role: "alert" });
    text.after(error);
    try {
      const sight = await host.look(); // the charter may have changed since the page was opened
      const typed = text.value.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, " ").trim();
      const envelope = await sealMessage(host.web, sight, this.keys, this.mail, isErase ? typed.slice(0, 1_000) : typed, isErase);
      const { taken, refused } = await handAll(host.web, sight, [envelope], [], () => undefined);
      host.tell("");
      if (taken.length === 0) throw new Refused(refused[0] ?? "no-answer");
      text.value = "";
      this.host.show(
        heading(say("Sent")),
        make("p", { class: "done" }, isErase ? say("Your request to erase is on its way. Come back with the same eight words to see that it was done.") : say("Your message is on its way. Come back with the same eight words.")),
      );
    } catch (thrown) {
      host.tell("");
      error.textContent = host.sentence(thrown);
    } finally {
      host.busy(false);
    }
  }
}

function paragraphs(text: string): HTMLElement[] {
  return text.split(/\n{2,}/).map((one) => make("p", { class: "as-typed" }, one));
}
