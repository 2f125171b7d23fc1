/** The family's part of the help page: a report sealed here, and the way back by eight words. */
import { custodiansOf, readersOf } from "./intake";
import { familyKeys, newCode, wordList, write as writeWords } from "../receipts";
import { Refused } from "../refused";
import { canSeal } from "../seal";
import { write, type SealedFile } from "../sealedfile";
import { Conversation, progress, type Host } from "./conversation";
import { WordsField, type Lists } from "./eight";
import { button, heading, leadTo, make, note, unwritten } from "./elements";
import { handAll, isInOffice, look, sealReport, sightOf, visit, type Sight, type Web } from "./family";
import { takeOver } from "./handin";
import { attachAll } from "./pictures";
import { Questions, type Filled, type Kind } from "./questions";
import { speaker, type Say } from "./words";
import { ask } from "./world";

const LANGUAGES = ["ru", "en"];
const DAY = 86_400;
const TOLD = ["no-answer", "over-quota", "slow-lane-full"]; // of what a node answers; the others are for whoever helps

class Page {
  private readonly say: Say;
  private readonly lang: string;
  private readonly groups: readonly (readonly [id: string, name: string])[];
  private group: string;
  private readonly web: Web = {
    fetch: (url, init) => window.fetch(url, init),
    pause: (seconds) => new Promise((done) => setTimeout(done, seconds * 1000)),
  };
  private readonly status = make("p", { role: "status", class: "status" });
  private readonly body = make("div");
  private readonly fallback: readonly Node[];
  private readonly host: Host = {
    web: this.web,
    takesNames: () => this.takesNames(),
    look: () => this.looked(),
    back: () => this.form(),
    show: (...children) => this.show(...children),
    tell: (text) => this.tell(text),
    busy: (isBusy) => this.busy(isBusy),
    sentence: (thrown) => this.sentence(thrown),
  };
  private questions: Questions | null = null;
  private returning: WordsField | null = null;
  private sight: Sight | null = null;
  private lists: Lists = [];

  constructor(
    private readonly root: HTMLElement,
    private readonly place: HTMLElement,
  ) {
    const data = root.dataset;
    this.lang = data["lang"] ?? "en";
    this.groups = JSON.parse(data["groups"] ?? "[]") as [string, string][];
    this.group = this.groups.length === 1 ? (this.groups[0]?.[0] ?? "") : "";
    this.say = speaker(JSON.parse(data["words"] ?? "[]") as string[]);
    this.fallback = [...Array.from(place.childNodes)];
    window.addEventListener("pagehide", () => this.wipe());
    this.body.addEventListener("change", () => unwritten(this.body));
    const form = document.querySelector<HTMLFormElement>("#hand-in");
    if (form) takeOver(form, this.say, { web: this.web, look: (group) => this.looked(group), sentence: (thrown) => this.sentence(thrown) });
  }

  async start(): Promise<void> {
    const { say } = this;
    if (!canSeal()) return; // the fallback stays: it says what else there is
    this.place.replaceChildren(this.body, this.status);
    if (this.group === "") return this.choose();
    this.tell(say("Asking two nodes who reads reports…"));
    try {
      this.sight = await this.looked();
      const lists = await Promise.all(LANGUAGES.map((one) => this.list(one)));
      this.lists = lists;
    } catch (thrown) {
      return this.halt(say("A report cannot be sealed now"), thrown, () => void this.start());
    }
    this.tell("");
    if (readersOf(this.sight.intake).length === 0) {
      return this.show(heading(say("Nobody reads reports now")), make("p", {}, say("The group's charter names nobody on intake. Nothing can be sent.")));
    }
    if (this.isPlain()) this.warn();
    else this.form();
  }

  /** A node of several groups: which of them is to read it. */
  private choose(): void {
    const { say } = this;
    const act = (id: string): void => {
      this.group = id;
      void this.start();
    };
    this.show(heading(say("Which group is to read it?")), ...this.groups.map(([id, name]) => button(name, "button second", () => act(id))));
  }

  private looked(group = this.group): Promise<Sight> {
    if (this.isOffline()) return Promise.resolve(sightOf(JSON.parse(this.root.dataset["records"] ?? "[]") as unknown[], this.group));
    const others = JSON.parse(this.root.dataset["nodes"] ?? "[]") as string[];
    const slashed = others.map((url) => (url.endsWith("/") ? url : `${url}/`));
    return look(this.web, group, this.root.dataset["root"] ?? "", slashed);
  }

  /** A list of words, before anything is sealed: without it nobody could be shown the receipt. */
  private async list(lang: string): Promise<readonly string[]> {
    const own = this.root.dataset[`inside${lang}`];
    if (own !== undefined) return wordList(own);
    const reply = await ask(this.web, this.root.dataset[`list${lang}`] ?? "");
    if (reply?.status !== 200) throw new Refused("no-words");
    return wordList(new TextDecoder().decode(reply.body));
  }

  /** The page was saved as one file with the charters in it: it asks and sends nothing. */
  private isOffline(): boolean {
    return this.root.dataset["records"] !== undefined;
  }

  /** There are custodians, and nobody on the way can read along. */
  private takesNames(): boolean {
    return custodiansOf(this.seen().intake).length > 0 && !this.isPlain();
  }

  private isPlain(): boolean {
    return !this.isOffline() && !window.isSecureContext && !window.location.hostname.endsWith(".onion");
  }

  private warn(): void {
    const { say } = this;
    const safe = this.seen().nodes.filter((url) => url.startsWith("https://") || url.includes(".onion/"));
    this.show(
      heading(say("This address has no encryption")),
      note(say("Somebody on the way can change this page, so that it does not seal at all. Use another address if you can.")),
      safe.length > 0 ? make("ul", {}, ...safe.map((url) => make("li", {}, make("code", {}, url)))) : null,
      make("p", {}, say("Your name is not asked for on this page.")),
      button(say("I understand, go on"), "button second", () => this.form()),
    );
  }

  private form(message = ""): void {
    const { say, lang } = this;
    const { intake, now, answered } = this.seen();
    const readers = readersOf(intake).length;
    const days = Math.max(0, Math.floor((now - intake.since) / DAY));
    const data = this.root.dataset;
    this.questions = this.questions ?? new Questions(
      {
        ...{ say, lang },
        kinds: JSON.parse(data["kinds"] ?? "[]") as Kind[],
        regions: JSON.parse(data["regions"] ?? "[]") as [string, string][],
        takesNames: this.takesNames(),
      },
      (filled) => this.last(filled),
    );
    this.returning = new WordsField(say, this.lists, "return-words", say("The eight words of your receipt, in either language"));
    this.show(
      heading(say("Ask for help")),
      make("p", { class: "sealed" }, say("Sealed for {number} caseworkers of “{group}”. Changed {days} days ago. Not even this site can read it. Your phone has checked the charter.", { number: String(readers), group: intake.name, days: String(days) })),
      answered < 2 ? note(say("Only one node answers now. It alone tells whom to seal to; if you can, come back later.")) : null,
      message ? note(message) : null,
      this.questions.root,
      ...(this.isOffline() ? [] : this.wayBack(this.returning)),
    );
  }

  private wayBack(field: WordsField): HTMLElement[] {
    const { say } = this;
    return [
      make("h3", {}, say("Come back with eight words")),
      make("p", {}, say("You have written before and want to see whether there is an answer.")),
      field.root,
      make("p", { class: "row" }, button(say("Look for an answer"), "button second", () => void this.comeBack())),
    ];
  }

  /** All of it once more, as it will be read. */
  private last(filled: Filled): void {
    const { say } = this;
    const rows = filled.rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", { class: "as-typed" }, value)]);
    this.show(
      heading(say("One last look")),
      make("p", {}, say("This is what the caseworkers will read. Nothing has been sent yet.")),
      make("dl", {}, ...rows),
      button(this.isOffline() ? say("Seal it") : say("Seal and send"), "button", () => void this.send(filled)),
      button(say("Change something"), "button second", () => this.form()),
    );
  }

  private async send(filled: Filled): Promise<void> {
    const { say } = this;
    this.busy(true);
    try {
      const code = newCode();
      this.tell(say("Sealing on your phone… On an old phone, or where scripts run slowly, it takes some minutes: leave the page open."));
      await this.web.pause(0.05); // the line is painted before the sums begin
      const keys = familyKeys(code);
      const { files, originals } = await attachAll(filled.chosen, filled.person !== null);
      const envelopes = await sealReport(this.web, this.seen(), keys, { report: filled.report, person: filled.person, files, originals });
      this.tell(say("Handing it to two nodes…"));
      const all = [...files, ...originals];
      const handed = await handAll(this.web, this.seen(), envelopes, all, progress(say, all.length, (text) => this.tell(text)));
      this.tell("");
      if (handed.taken.length > 0) return this.words(code, handed.taken.length, handed.lost);
      if (handed.refused.includes("old-recipients")) {
        this.sight = await this.looked();
        return this.form(say("The group's caseworkers have changed meanwhile. Your text is kept: look at whom it is sealed for now, and send it again."));
      }
      this.nowhere(filled, code, { envelopes, attachments: all.map((one) => one.blob) }, handed.refused);
    } catch (thrown) {
      this.tell("");
      this.halt(say("Nothing was sent"), thrown, () => this.last(filled));
    } finally {
      this.busy(false);
    }
  }

  /** Refused by all: nothing is lost, and the sealed file can go by any road. */
  private nowhere(filled: Filled, code: Uint8Array, sealed: SealedFile, reasons: readonly string[]): void {
    const { say } = this;
    const file = new Blob(write(sealed), { type: "application/octet-stream" });
    const save = (): void => {
      const url = URL.createObjectURL(file);
      make("a", { href: url, download: "sealed.jsonl" }).click();
      setTimeout(() => URL.revokeObjectURL(url), 1_000);
      this.words(code, 0, 0);
    };
    this.show(
      heading(this.isOffline() ? say("It is sealed") : say("No node has taken it")),
      this.isOffline()
        ? make("p", {}, say("Save the sealed file. You or anybody else can hand it in at any node of the group, on its page “Help”; nobody on the way can read it."))
        : make("p", { class: "error", role: "alert" }, this.refused(reasons[0] ?? "no-answer")),
      this.isOffline() ? null : make("p", {}, say("Nothing is lost: it is still here. Try again, or save the sealed file. Anybody can hand it in for you at any node of the group, and nobody on the way can read it.")),
      make("ul", {}, ...[...new Set([...this.seen().nodes, ...this.seen().intake.nodes])].filter((url) => /^https?:/.test(url)).map((url) => make("li", {}, make("code", {}, url)))),
      this.isOffline() ? null : button(say("Try again"), "button", () => void this.send(filled)),
      button(say("Save the sealed file"), "button second", save),
    );
  }

  /** Late and typed back: only now is there something to come back to. */
  private words(code: Uint8Array, taken: number, lost: number): void {
    const { say } = this;
    this.questions?.wipe();
    this.questions = null;
    const words = writeWords(code, this.lists[LANGUAGES.indexOf(this.lang)] ?? this.lists[0] ?? []);
    const where = taken > 1 ? say("Two nodes have your report.") : taken === 1 ? say("One node has your report; it passes it on to the others.") : say("The sealed file is saved. It counts once somebody hands it in.");
    this.show(
      heading(say("Eight words: write them down")),
      make("p", {}, where),
      lost > 0 ? note(say("Not everything beside the text arrived: a file, or your name. Tell the caseworkers when you come back.")) : null,
      make("ol", { class: "receipt", lang: this.lang }, ...words.map((one) => make("li", {}, one))),
      note(say("They are the only way back to the answer, and nobody can send them again. Whoever has them can read the answer. On paper they are safest.")),
      button(say("I have written them down"), "button", () => this.typedBack(code, taken, lost)),
      button(say("Print"), "button second", () => window.print()),
    );
  }

  private typedBack(code: Uint8Array, taken: number, lost: number): void {
    const { say } = this;
    const field = new WordsField(say, this.lists, "typed-back", say("Type the eight words from your paper"));
    const act = (): void => {
      const typed = field.code();
      if (typed === null) return;
      if (typed.join() !== code.join()) return field.refuse(say("These are other words than were shown."));
      this.show(
        heading(say("Done")),
        make("p", { class: "done" }, say("The report is on its way. Somebody reads it within 7 days. Come back to this page with the eight words.")),
        make("p", {}, say("Nothing of it is left on this page. That you opened this site stays in the browser's history until you clear it.")),
        this.isOffline() ? null : button(say("Back"), "button second", () => this.form()),
      );
    };
    this.show(
      heading(say("Type them back")),
      make("p", {}, say("So that a slip of the pen is found now, and not when you need the answer.")),
      field.root,
      button(say("Finish"), "button", act),
      button(say("Show the words again"), "button second", () => this.words(code, taken, lost)),
    );
  }

  private async comeBack(): Promise<void> {
    const { say } = this;
    const code = this.returning?.code() ?? null;
    if (code === null) return;
    this.busy(true);
    this.tell(say("Looking for an answer…"));
    await this.web.pause(0.05);
    try {
      const keys = familyKeys(code);
      const mail = await visit(this.web, this.seen(), keys);
      this.returning?.empty();
      this.tell("");
      new Conversation(this.say, this.lang, this.host, keys, mail, isInOffice(this.seen(), mail)).show();
    } catch (thrown) {
      this.tell("");
      this.halt(say("The answer could not be looked for"), thrown, () => this.form());
    } finally {
      this.busy(false);
    }
  }

  /** Says that it stopped and what can be done; what was typed stays. */
  private halt(title: string, thrown: unknown, again: () => void): void {
    const { say } = this;
    this.tell("");
    this.show(
      heading(title),
      make("p", { class: "error", role: "alert" }, this.sentence(thrown)),
      button(say("Try again"), "button", again),
    );
  }

  /** Why the nodes did not take it; where that has no sentence of its own, its word. */
  private refused(reason: string): string {
    return TOLD.includes(reason) ? this.sentence(new Refused(reason)) : this.say("The nodes do not take it: {reason}.", { reason });
  }

  private sentence(thrown: unknown): string {
    const { say } = this;
    switch (thrown instanceof Refused ? thrown.reason : "") {
      case "no-node":
      case "no-answer":
        return say("No node answers. Nothing was sent and nothing is lost.");
      case "too-much-work":
        return say("This site asks the phone for more work than any site may. Try another address of the group. Nothing was sent.");
      case "no-words":
        return say("The list of words did not come, so no receipt could be shown. Nothing was sent.");
      case "no-charter":
      case "in-dispute":
        return say("Your phone cannot tell who may read reports of this group: its charter does not hold, or the group is in dispute. Nothing was sent.");
      case "too-large":
        return say("There is too much in one message. Make it shorter; nothing was sent.");
      case "old-recipients":
        return say("The caseworkers have changed meanwhile. Try again.");
      case "over-quota":
      case "slow-lane-full":
        return say("This group has too many reports today. Try another node, or come back tomorrow.");
      default:
        return say("Sealing failed in this browser, so nothing was sent. Try another browser.");
    }
  }

  private wipe(): void {
    this.questions?.wipe();
    this.questions = null;
    this.sight = null;
    this.place.replaceChildren(...this.fallback);
  }

  private seen(): Sight {
    if (this.sight === null) throw new Refused("no-node");
    return this.sight;
  }

  private tell(text: string): void {
    this.status.textContent = text;
  }

  private busy(isBusy: boolean): void {
    this.body.querySelectorAll("button").forEach((one) => (one.disabled = isBusy));
  }

  private show(...children: (Node | null)[]): void {
    this.body.replaceChildren(...children.filter((one): one is Node => one !== null));
    unwritten(this.body);
    const first = this.body.querySelector<HTMLElement>("h3[tabindex]");
    if (this.hasShown) leadTo(first);
    this.hasShown = true;
  }

  private hasShown = false;
}

const root = document.getElementById("help");
const place = document.getElementById("help-place");
if (root !== null && place !== null) {
  void new Page(root, place).start();
  // a page that comes back from the browser's memory was wiped: it begins anew
  window.addEventListener("pageshow", (shown) => void (shown.persisted && window.location.reload()));
}
