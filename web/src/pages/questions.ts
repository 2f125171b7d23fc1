/** Questions: what a family is asked, in steps; all of it stays in these fields until it is sealed. */
import { STORY } from "../limits";
import { button, heading, make, note } from "./elements";
import type { Told } from "./family";
import { FilesField, told } from "./files";
import { PersonFields } from "./person";
import type { Chosen } from "./pictures";
import { cleaned } from "./typed";
import type { Say } from "./words";

export interface Kind {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly questions: readonly (readonly [id: string, ask: string, options: readonly (readonly [string, string])[]])[];
}

export interface Asked {
  readonly say: Say;
  readonly lang: string;
  readonly kinds: readonly Kind[];
  readonly regions: readonly (readonly [string, string])[];
  readonly takesNames: boolean; // there are custodians, and nobody on the way can read along
}

/** What was filled in, before any of it is sealed. */
export type Filled = Pick<Told, "report" | "person"> & { readonly chosen: readonly Chosen[]; readonly rows: readonly (readonly [string, string])[] };

const LINE = 300;

export class Questions {
  readonly root: HTMLElement;
  private readonly kind = new Map<string, HTMLInputElement>();
  private readonly answers = make("div");
  private given = new Map<string, HTMLInputElement | HTMLSelectElement>();
  private readonly region: HTMLSelectElement;
  private readonly story: HTMLTextAreaElement;
  private readonly left: HTMLElement;
  private readonly errors = new Map<string, HTMLElement>();
  private readonly files: FilesField;
  private readonly sender = new Map<string, HTMLInputElement>();
  private readonly names = make("div", {});
  private readonly person: PersonFields;
  private readonly figures: HTMLInputElement;

  constructor(
    private readonly asked: Asked,
    next: (filled: Filled) => void,
  ) {
    const { say } = asked;
    const kinds = asked.kinds.map(({ id, name, about }) => this.radio("kind", id, name, about, this.kind));
    for (const one of this.kind.values()) one.addEventListener("change", () => this.ask());
    this.region = make("select", { id: "region", autocomplete: "off" }, make("option", { value: "" }, say("Not stated")));
    for (const [code, name] of asked.regions) this.region.append(make("option", { value: code }, name));
    this.story = make("textarea", { id: "story", rows: "10", autocomplete: "off", "aria-describedby": "story-left story-error" });
    this.left = make("p", { class: "hint", id: "story-left" });
    this.story.addEventListener("input", () => this.count());
    this.files = new FilesField(say);
    this.person = new PersonFields(say);
    const senders: readonly (readonly [string, string, string])[] = [
      ["home", say("We ourselves, at home"), say("You get the finished letter with gaps for name and address, and fill them in by hand. Nobody of us learns them.")],
      ["caseworker", say("A caseworker, in your name"), say("It is less work for you. She must know your name and address, and the authority will know them.")],
      ["group", say("The group, as a group"), say("Your name need not be on the letter. The office may ask whose case it is, and need not answer a group on it.")],
      ["deputy", say("A deputy, by an inquiry"), say("It may carry more weight. A deputy has to be found who agrees, and who will want to know your name.")],
      ["unsure", say("We do not know yet"), say("That costs nothing. You will be asked later.")],
    ];
    const choices = senders.map(([id, name, price]) => this.radio("sender", id, name, price, this.sender));
    for (const one of this.sender.values()) one.addEventListener("change", () => this.askWho());
    const home = this.sender.get("home");
    if (home) home.checked = true;
    this.figures = make("input", { type: "checkbox", id: "figures" });
    this.root = make(
      "ol",
      { class: "steps" },
      this.step(say("What happened"), make("fieldset", { "aria-label": say("What happened"), "aria-describedby": "kind-error" }, ...kinds, this.error("kind")), this.answers),
      this.step(say("Where"), this.field("region", say("Region, as far as you want to tell it"), this.region)),
      this.step(
        say("In your own words"),
        note(say("Leave out what they need not know: names of others, places where he is now.")),
        this.field("story", say("What happened, and what you ask for"), this.story, this.left),
      ),
      this.step(say("Papers and photographs"), this.files.root),
      this.step(say("Who sends the letter"), make("fieldset", { "aria-label": say("Who sends the letter") }, ...choices), this.names),
      this.step(
        say("Counting"),
        make("p", { class: "choice" }, this.figures, make("label", { for: "figures" }, say("My case may be counted in the group's published figures: in tens, without anything about us."))),
      ),
      this.step(say("One last look"), button(say("Look at it once more"), "button", () => this.finish(next))),
    );
    this.count();
    this.askWho();
  }

  /** What was typed is not left for whoever presses "back". */
  wipe(): void {
    this.root.querySelectorAll("input, textarea").forEach((one) => ((one as HTMLInputElement).value = ""));
    this.files.wipe();
    this.person.wipe();
  }

  private radio(name: string, id: string, title: string, about: string, to: Map<string, HTMLInputElement>): HTMLElement {
    const input = make("input", { type: "radio", name, value: id, id: `${name}-${id}`, autocomplete: "off" });
    to.set(id, input);
    const text = make("label", { for: input.id }, make("b", {}, title), " ", make("small", {}, about));
    return make("p", { class: "choice" }, input, text);
  }

  private step(title: string, ...children: HTMLElement[]): HTMLElement {
    return make("li", { class: "step" }, heading(title), ...children);
  }

  private field(id: string, label: string, control: HTMLElement, ...more: HTMLElement[]): HTMLElement {
    return make("div", { class: "field" }, make("label", { for: id }, label), control, ...more, this.error(id));
  }

  private error(id: string): HTMLElement {
    const made = make("p", { class: "error", id: `${id}-error` });
    this.errors.set(id, made);
    return made;
  }

  private refuse(id: string, text: string, at: HTMLElement | undefined): void {
    const place = this.errors.get(id);
    if (place) place.textContent = text;
    at?.focus();
  }

  /** The questions of the kind that was chosen; what was typed into others is gone. */
  private ask(): void {
    const { say, kinds } = this.asked;
    this.refuse("kind", "", undefined);
    this.given = new Map();
    const chosen = kinds.find((one) => this.kind.get(one.id)?.checked);
    const fields = (chosen?.questions ?? []).map(([id, text, options]) => {
      const at = `answer-${id}`;
      const control =
        options.length > 0
          ? make("select", { id: at, autocomplete: "off" }, make("option", { value: "" }, say("Not stated")))
          : make("input", { type: "text", id: at, autocomplete: "off", maxlength: String(LINE) });
      for (const [value, name] of options) control.append(make("option", { value }, name));
      this.given.set(id, control);
      return make("div", { class: "field" }, make("label", { for: at }, text), control);
    });
    this.answers.replaceChildren(...fields);
  }

  private count(): void {
    const left = STORY - [...this.story.value].length;
    this.left.textContent = this.asked.say("Room for {number} more characters.", { number: String(Math.max(0, left)) });
    if (left >= 0) this.refuse("story", "", undefined);
  }

  /** Name and address are asked for only where somebody else is to write. */
  private askWho(): void {
    const { say, takesNames } = this.asked;
    const isOurs = ["home", "unsure"].some((one) => this.sender.get(one)?.checked);
    if (isOurs) return void (this.person.wipe(), this.names.replaceChildren());
    if (!takesNames) return this.names.replaceChildren(note(say("Your name is not asked for here. You can tell it later, when somebody needs it.")));
    this.names.replaceChildren(
      note(say("Name and address are sealed apart. Only custodians can open them, with a reason that you will see. You can also leave them empty and tell them later.")),
      ...this.person.root,
    );
  }

  private finish(next: (filled: Filled) => void): void {
    const { say, lang, kinds, regions } = this.asked;
    const kind = kinds.find((one) => this.kind.get(one.id)?.checked);
    if (kind === undefined) return this.refuse("kind", say("Choose what happened. “Something else” is there too."), [...this.kind.values()][0]);
    const story = cleaned(this.story.value);
    if (story === "") return this.refuse("story", say("Write at least one sentence."), this.story);
    if ([...story].length > STORY) return this.refuse("story", say("The text is too long."), this.story);
    const sender = [...this.sender.keys()].find((id) => this.sender.get(id)?.checked) ?? "unsure";
    const answers: { [id: string]: string } = {};
    const rows: [string, string][] = [[say("What happened"), kind.name]];
    for (const [id, text, options] of kind.questions) {
      const value = cleaned(this.given.get(id)?.value ?? "").replace(/\n/g, " ");
      if (value === "") continue;
      answers[id] = value;
      rows.push([text, options.find(([one]) => one === value)?.[1] ?? value]);
    }
    const region = this.region.value;
    if (region !== "") rows.push([say("Where"), regions.find(([code]) => code === region)?.[1] ?? region]);
    rows.push([say("In your own words"), story]);
    const person = this.person.person();
    for (const one of this.files.chosen) rows.push([one.name, told(say, one)]);
    rows.push([say("Who sends the letter"), this.sender.get(sender)?.nextElementSibling?.querySelector("b")?.textContent ?? ""]);
    if (person) rows.push([say("Sealed apart, for custodians alone"), Object.values(person).filter((one) => one !== "").join(", ")]);
    rows.push([say("Counting"), this.figures.checked ? say("may be counted") : say("is not counted")]);
    const report = { kind: kind.id, region, lang, story, answers, sender, consent: { figures: this.figures.checked } };
    next({ report, person, chosen: this.files.chosen, rows });
  }
}
