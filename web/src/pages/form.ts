/** Form: the codes, a choice where one is offered, and what stays on the phone. */
import * as codes from "../codes";
import type { Part } from "../codes";
import type { Panel } from "../panel";
import { button, heading, make } from "./elements";
import { seatOf, type Wish } from "./signing";
import type { Say } from "./words";

export interface Shown {
  readonly panel: Panel;
  readonly say: Say;
  readonly name: (group: string) => string;
}

let made = 0; // ids of fields must differ on one page

/** One field for a code, checked block by block while it is typed. */
export class CodeField {
  readonly root: HTMLElement;
  readonly input: HTMLTextAreaElement;
  private readonly error: HTMLElement;
  private readonly hint: HTMLElement;

  constructor(
    private readonly shown: Shown,
    label: string,
  ) {
    made += 1;
    const [id, hint, error] = [`code-${made}`, `code-${made}-hint`, `code-${made}-error`];
    this.hint = make("p", { class: "hint", id: hint });
    this.error = make("p", { class: "error", id: error });
    // two rows of three blocks, as on the slip: in one row a phone would show half of it
    this.input = make("textarea", {
      id,
      class: "code",
      rows: "2",
      inputmode: "numeric",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      "aria-describedby": `${hint} ${error}`,
      maxlength: "60",
    });
    this.input.addEventListener("input", () => this.look(false));
    this.root = make("div", { class: "field" }, make("label", { for: id }, label), this.hint, this.input, this.error);
  }

  put(digits: string): void {
    this.input.value = (digits.match(/.{1,6}/g) ?? []).join(" ");
    this.look(false);
  }

  /** Gives the code when it is whole and of this petition; else says beside the field what is wrong. */
  part(): Part | null {
    return this.look(true);
  }

  refuse(text: string): void {
    this.error.textContent = text;
    this.input.setAttribute("aria-invalid", "true");
    this.input.focus();
  }

  private look(isFinal: boolean): Part | null {
    const { say, panel, name } = this.shown;
    const typed = codes.read(this.input.value);
    const seat = typed.part && seatOf(panel, typed.part);
    this.hint.textContent = seat
      ? say("This is a code of the group “{group}”.", { group: name(seat.group) })
      : say("{number} of 36 digits", { number: String(typed.digits.length) });
    let wrong = "";
    if (typed.wrong.length > 0) {
      wrong = say("There is a slip in block {block}. Look again.", { block: String((typed.wrong[0] ?? 0) + 1) });
    } else if (typed.digits.length > 36 || (isFinal && typed.digits.length < 36)) {
      wrong = say("A code has 36 digits: six blocks of six.");
    } else if (typed.part && !seat) {
      wrong = say("This code does not fit this petition. Check the digits, or ask whoever gave it to you.");
    }
    this.error.textContent = wrong;
    this.input.setAttribute("aria-invalid", String(wrong !== ""));
    return wrong === "" && seat ? typed.part : null;
  }
}

/** The form of steps 2 to 4; `sign` is called once everything in it fits. */
export function form(shown: Shown, given: readonly string[], sign: (parts: Part[], wish: Wish) => void): HTMLElement[] {
  const { say, panel } = shown;
  const { q, options, regions } = panel.petition;
  const fields = Array.from({ length: q }, (_, i) => {
    const group = shown.name(panel.seats[i]?.group ?? "");
    const label =
      panel.seats.length === q && q === 1
        ? say("Code of the group “{group}”: 36 digits", { group })
        : say("Code {number} of {all}: 36 digits", { number: String(i + 1), all: String(q) });
    return new CodeField(shown, label);
  });
  given.forEach((digits, i) => fields[i]?.put(digits));
  const option = choice("option", say("Your answer"), options, null);
  const region = choice("region", say("Region, if you want to tell it"), regions, say("Not stated"));
  const trace = choice(
    "trace",
    say("What stays on this phone"),
    [
      ["erase", say("Erase the trace from this phone (safer). Then the signature cannot be withdrawn.")],
      ["keep", say("Keep the ability to withdraw. A key stays on this phone; whoever finds it can see that you signed.")],
    ],
    null,
  );
  (trace.root.querySelector("input") as HTMLInputElement).checked = true;
  const act = (): void => {
    const parts = fields.map((field) => field.part());
    const first = fields[parts.indexOf(null)];
    if (first !== undefined) return first.input.focus();
    const groups = parts.map((part) => part && seatOf(panel, part)?.group);
    if (new Set(groups).size < q) {
      return fields[q - 1]?.refuse(say("Both codes are of one group. Codes of two groups are needed."));
    }
    const chosen = option.value();
    if (options.length > 0 && chosen === "") return option.refuse(say("Choose one answer."));
    const stated = region.value();
    sign(parts as Part[], {
      keep: trace.value() === "keep",
      ...(chosen && { option: chosen }),
      ...(stated && { region: stated }),
    });
  };
  // what was typed is not left for whoever presses "back"
  window.addEventListener("pagehide", () => fields.forEach((field) => field.put("")));
  const crowd = say("A region makes the crowd you are hidden in smaller. You need not tell it.");
  return [
    step(say("Your codes"), ...fields.map((field) => field.root)),
    ...(options.length > 0 ? [step(say("Your answer"), option.root)] : []),
    ...(regions.length > 0 ? [step(say("Your region"), make("p", {}, crowd), region.root)] : []),
    step(say("What stays on this phone"), trace.root),
    step(say("Signing"), button(say("Sign"), "button", act)),
  ];
}

export function step(title: string, ...children: HTMLElement[]): HTMLElement {
  return make("li", { class: "step" }, heading(title), ...children);
}

interface Choice {
  readonly root: HTMLElement;
  readonly value: () => string;
  readonly refuse: (text: string) => void;
}

function choice(
  name: string,
  legend: string,
  pairs: readonly (readonly [string, string])[],
  none: string | null,
): Choice {
  const error = make("p", { class: "error", id: `${name}-error` });
  const all = none === null ? pairs : [["", none] as const, ...pairs];
  const inputs = all.map(([value], i) => {
    const input = make("input", { type: "radio", name, value, id: `${name}-${i}` });
    input.checked = none !== null && i === 0;
    return input;
  });
  const rows = all.map(([, text], i) =>
    make("p", { class: "choice" }, inputs[i] ?? null, make("label", { for: `${name}-${i}` }, text)),
  );
  // the step's heading says it for the eye
  const root = make("fieldset", { "aria-label": legend, "aria-describedby": error.id }, ...rows, error);
  return {
    root,
    value: () => inputs.find((input) => input.checked)?.value ?? "",
    refuse: (text) => {
      error.textContent = text;
      inputs[0]?.focus();
    },
  };
}
