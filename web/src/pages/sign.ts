/** The signing part of a petition's page: it takes the place of what stands there without a script. */
import { Refused } from "../refused";
import { button, heading, leadTo, make, note, unwritten } from "./elements";
import { canWithdraw, Place, type Entry } from "./entry";
import { CodeField, form, step, type Shown } from "./form";
import { look, type Node as Peer, type Sight } from "./nodes";
import { sentence } from "./reasons";
import { begin, find, go, replace, Stopped, withdraw } from "./signing";
import { moment, speaker, type Say } from "./words";
import type { World } from "./world";

const REPLACEABLE = ["unknown-voucher", "already-stamped", "no-answer", "closed", "bad-answer", "unknown-petition", "not-open"];

class Page {
  private readonly say: Say;
  private readonly lang: string;
  private readonly id: string;
  private readonly names: { readonly [group: string]: string };
  private readonly world: World;
  private readonly place: Place;
  private readonly status = make("p", { role: "status", class: "status" });
  private readonly body = make("div");
  private sight: Sight | null = null;

  constructor(private readonly root: HTMLElement) {
    const data = root.dataset;
    this.lang = data["lang"] ?? "en";
    this.id = data["petition"] ?? "";
    this.names = JSON.parse(data["groups"] ?? "{}") as { [group: string]: string };
    this.say = speaker(JSON.parse(data["words"] ?? "[]") as string[]);
    this.world = {
      fetch: (url, init) => window.fetch(url, init),
      storage: window.localStorage,
      now: () => Math.floor(Date.now() / 1000),
      pause: (seconds) => new Promise((done) => setTimeout(done, seconds * 1000)),
    };
    this.place = new Place(this.world, this.id);
    this.body.addEventListener("change", () => unwritten(this.body));
  }

  async start(): Promise<void> {
    const came = takeCode();
    this.root.textContent = "";
    this.root.append(this.body, this.status);
    this.tell(this.say("Asking two nodes for the petition…"));
    try {
      this.sight = await look(this.world, this.id, { url: this.root.dataset["root"] ?? "", group: "" }, this.others());
      if (came !== "") this.keepCode(came);
      await this.arrive(came !== "");
    } catch (thrown) {
      this.stop(thrown, this.place.read());
    }
  }

  /** What stands here depends on what this phone holds. */
  private async arrive(isByAddress: boolean): Promise<void> {
    const sight = this.seen();
    let entry = this.place.read();
    this.tell("");
    if (entry?.step === "sent") entry = await find(this.world, this.place, sight, entry, this.told);
    switch (entry?.step) {
      case "asked":
      case "signed":
        return this.unfinished(entry);
      case "sent":
        return this.sent(entry);
      case "counted":
        return this.counted(entry);
      default:
        return this.fresh(entry?.codes ?? [], isByAddress);
    }
  }

  private fresh(codes: readonly string[], isByAddress: boolean): void {
    const { say } = this;
    const { petition } = this.seen().panel;
    const shut = this.shut();
    if (shut !== "") return this.show(heading(say("Sign")), make("p", {}, shut));
    const told = step(
      say("What will happen"),
      make("p", {}, petition.options.length > 0 ? say("Your phone makes a one-time key. Each group checks its code and stamps that key without seeing it. Then the key signs your answer. The public list shows stamps and answers after closing: no name, no phone number, no hour.") : say("Your phone makes a one-time key. Each group checks its code and stamps that key without seeing it. Then the key signs the petition. The public list shows stamps and the day: no name, no phone number, no hour.")),
      ...this.limits(),
      make(
        "details",
        {},
        make("summary", {}, say("The text you sign, as this phone has checked it")),
        make("div", { class: "signed-text", lang: petition.lang }, make("p", {}, petition.title), make("p", {}, petition.text)),
      ),
    );
    const steps = form(this.shown(), codes, (parts, wish) => {
      void this.run(() => begin(this.place, this.seen().panel, parts, wish));
    });
    if (isByAddress) {
      steps[0]?.append(note(say("The code is now in this browser's history. Clear the history after signing.")));
    }
    const forget = codes.length > 0 ? this.forget(say("Forget the codes")) : null;
    this.show(make("ol", { class: "steps" }, told, ...steps), forget);
  }

  private limits(): HTMLElement[] {
    const { say } = this;
    const host = window.location.hostname;
    const isPlain = !window.isSecureContext && !host.endsWith(".onion");
    const safe = this.seen().nodes.map((node) => node.url).find((url) => url.startsWith("https://"));
    const plain = say("This address has no encryption. Someone on the way can read your codes or change this page.");
    const better = safe === undefined ? "" : ` ${say("If you can, use: {address}", { address: safe })}`;
    return [
      note(say("We do not hide that you opened this site: your provider and this node see that. Tor hides it.")),
      note(say("Until your signature is published, this phone holds proof that you signed. If someone watches your screen or takes the phone, we cannot protect you.")),
      note(say("Whoever gave you the codes may have noted which are yours, and may see that they were used. Which signature is yours, even they cannot find out.")),
      note(say("This is not an election, and no office is bound to answer. It is a count that anyone can check.")),
      ...(this.seen().panel.petition.q === 1
        ? [note(say("You trust this group alone: it could invent signatures, and nobody would see."))]
        : []),
      ...(isPlain ? [note(plain + better)] : []),
      ...(this.seen().times.length === 1
        ? [note(say("Only one node answers now. It alone tells the time and which desks to ask; if you can, come back later."))]
        : []),
    ];
  }

  private unfinished(entry: Entry): void {
    const { say } = this;
    const begun = (entry.taken ?? []).length > 0;
    const text =
      entry.step === "asked"
        ? say("Do not clear this browser until the stamps have come: nobody can give you another code.")
        : say("Your signature is made, and not at two nodes yet.");
    this.show(
      heading(say("Signing is not finished")),
      make("p", {}, text),
      button(say("Continue"), "button", () => void this.run(() => entry)),
      this.forget(begun ? say("Forget now") : say("Forget now and lose the codes")),
    );
  }

  private sent(entry: Entry): void {
    const { say } = this;
    const time = moment(say, this.lang, entry.until ?? 0);
    this.show(
      heading(say("Done")),
      make("p", { class: "done" }, say("Two nodes have your signature. It will be in the count after {time}, together with others, so that the time does not point to you.", { time })),
      make("p", {}, say("Tear up the paper codes. After {time} open this page on this phone: it will find the signature in the count and erase what is left.", { time })),
      this.forget(say("Forget now")),
    );
  }

  private counted(entry: Entry): void {
    const { say } = this;
    if (!canWithdraw(entry)) {
      return this.show(
        heading(say("Your signature is in the count")),
        make("p", { class: "done" }, say("Your signature is in the count. Nothing about it is left in this page's storage.")),
      );
    }
    const take = (): void =>
      void this.attempt(async () => {
        await withdraw(this.world, this.place, this.seen(), entry);
        this.show(
          heading(say("Taken back")),
          make("p", { class: "done" }, say("Your signature is taken back: it leaves the count at the end of the current window. Nothing about it is left in this page's storage.")),
        );
      }, entry);
    this.show(
      heading(say("Your signature is in the count")),
      make("p", {}, say("The key on this phone is all that is left. Whoever finds it can see that you signed.")),
      twice(say("Withdraw the signature"), say("Press again to withdraw the signature for good"), take),
      this.forget(say("Erase the key")),
    );
  }

  /** A button that erases at its second press: there is no way back from it. */
  private forget(text: string): HTMLElement {
    return twice(text, this.say("Press again to erase for good"), () => {
      this.place.forget();
      this.show(heading(this.say("Erased")), make("p", { class: "done" }, this.say("Nothing is left in this page's storage. The browser's history must be cleared by hand.")));
    });
  }

  private async run(first: () => Entry): Promise<void> {
    await this.attempt(async () => {
      this.tell(this.say("Preparing on your phone…"));
      await new Promise((shown) => setTimeout(shown)); // the line is painted before the sums begin
      const entry = await go(this.world, this.place, this.seen(), first(), this.told);
      this.tell("");
      this.sent(entry);
    }, null);
  }

  private async attempt(act: () => Promise<void>, entry: Entry | null): Promise<void> {
    this.busy(true);
    try {
      await act();
    } catch (thrown) {
      this.stop(thrown, entry ?? this.place.read());
    } finally {
      this.busy(false);
    }
  }

  /** Says why it stopped, and offers what can be done about it. */
  private stop(thrown: unknown, entry: Entry | null): void {
    const text = sentence(this.say, thrown, this.name);
    const problem = make("p", { class: "error", role: "alert" }, text);
    this.tell("");
    if (this.sight === null) {
      return this.show(heading(this.say("Signing cannot start now")), problem, button(this.say("Try again"), "button", () => void this.start()));
    }
    if (entry === null) return void this.body.append(problem);
    if (entry.step === "counted") this.counted(entry);
    else this.unfinished(entry);
    this.body.insertBefore(problem, this.body.firstChild?.nextSibling ?? null);
    if (thrown instanceof Stopped && REPLACEABLE.includes(thrown.reason)) this.another(thrown.group, entry);
  }

  /** Another code in the place of one that did not work; also of a group that was not asked yet. */
  private another(group: string, entry: Entry): void {
    const { say } = this;
    const field = new CodeField(this.shown(), say("Another code instead of the one of “{group}”", { group: this.name(group) }));
    const act = (): void => {
      const part = field.part();
      if (part === null) return field.input.focus();
      void this.run(() => replace(this.place, entry, this.seen().panel, group, part));
    };
    this.body.append(field.root, button(say("Continue with this code"), "button second", act));
  }

  private readonly told = (word: "stamping" | "waiting" | "sending", group: string): void => {
    const { say } = this;
    const name = this.name(group);
    const keep = say("Do not clear this browser until the stamps have come: nobody can give you another code.");
    if (word === "stamping") this.tell(`${say("“{group}” is checking the code…", { group: name })} ${keep}`);
    if (word === "waiting") this.tell(`${say("“{group}” does not answer yet. Trying again…", { group: name })} ${keep}`);
    if (word === "sending") this.tell(name ? say("Sending to the node of “{group}”…", { group: name }) : say("Sending to a node…"));
  };

  private shut(): string {
    const { petition } = this.seen().panel;
    const now = Math.min(...this.seen().times);
    if (now < petition.open) {
      return this.say("Signing begins after {time}.", { time: moment(this.say, this.lang, petition.open) });
    }
    return now >= petition.close ? this.say("The petition is closed. Signatures are not taken any more.") : "";
  }

  private keepCode(digits: string): void {
    const entry = this.place.read();
    if (entry !== null && entry.step !== "codes") return;
    const { q } = this.seen().panel.petition;
    // the second slip's code of one group takes the place of the first
    const others = (entry?.codes ?? []).filter((one) => one.slice(0, 6) !== digits.slice(0, 6));
    this.place.write({ step: "codes", codes: [...others, digits].slice(-q) });
  }

  private readonly name = (group: string): string => this.names[group] ?? "";

  private shown(): Shown {
    return { panel: this.seen().panel, say: this.say, name: this.name };
  }

  private seen(): Sight {
    if (this.sight === null) throw new Refused("no-node");
    return this.sight;
  }

  private others(): Peer[] {
    const urls = JSON.parse(this.root.dataset["nodes"] ?? "[]") as string[];
    return urls.map((url) => ({ url: url.endsWith("/") ? url : `${url}/`, group: "" }));
  }

  private show(...children: (Node | null)[]): void {
    this.body.textContent = "";
    this.body.append(...children.filter((one): one is Node => one !== null));
    unwritten(this.body);
    const first = this.body.querySelector("h3");
    // not on arrival: a reader who came for the text keeps the place
    if (this.hasActed) leadTo(first);
  }

  private hasActed = false;

  private busy(isBusy: boolean): void {
    this.hasActed = true;
    this.root.setAttribute("aria-busy", String(isBusy));
    this.root.querySelectorAll("button").forEach((one) => (one.disabled = isBusy));
  }

  private tell(text: string): void {
    this.status.textContent = text;
  }
}

function twice(text: string, again: string, act: () => void): HTMLElement {
  const made = button(text, "button second", () => {
    if (made.textContent === again) act();
    else made.textContent = again;
  });
  return made;
}

/** Takes a code out of the address bar, where others could read it later. */
function takeCode(): string {
  const digits = /^#([0-9]{36})$/.exec(window.location.hash)?.[1] ?? "";
  if (digits !== "") window.history.replaceState(null, "", window.location.pathname + window.location.search);
  return digits;
}

const root = document.getElementById("sign");
if (root !== null && root.dataset["petition"]) void new Page(root).start();
