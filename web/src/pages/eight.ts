/** Eight: the field for the eight words of a receipt, checked while they are typed. */
import { RECEIPT_WORDS } from "../limits";
import { read } from "../receipts";
import { make } from "./elements";
import type { Say } from "./words";

export type Lists = readonly (readonly string[])[];

/** One field for eight words; nothing of them is ever asked of a node. */
export class WordsField {
  readonly root: HTMLElement;
  readonly input: HTMLTextAreaElement;
  private readonly error: HTMLElement;

  constructor(
    private readonly say: Say,
    private readonly lists: Lists,
    id: string,
    label: string,
  ) {
    this.error = make("p", { class: "error", id: `${id}-error` });
    this.input = make("textarea", {
      id,
      rows: "3",
      autocomplete: "off",
      autocapitalize: "off",
      autocorrect: "off",
      spellcheck: "false",
      maxlength: "200",
      "aria-describedby": `${id}-error`,
    });
    this.input.addEventListener("input", () => this.look(false));
    this.root = make("div", { class: "field" }, make("label", { for: id }, label), this.input, this.error);
  }

  /** Gives the receipt when the words are whole; else says beside the field what is wrong. */
  code(): Uint8Array | null {
    const found = this.look(true);
    if (found === null) this.input.focus();
    return found;
  }

  refuse(text: string): void {
    this.error.textContent = text;
    this.input.setAttribute("aria-invalid", String(text !== ""));
    if (text !== "") this.input.focus();
  }

  empty(): void {
    this.input.value = "";
  }

  private look(isFinal: boolean): Uint8Array | null {
    const { say } = this;
    const { count, wrong, code } = read(this.input.value, this.lists);
    const isTyping = !isFinal && !/\s$/.test(this.input.value); // the last word is not whole yet
    const slips = isTyping ? wrong.filter((place) => place < count - 1) : wrong;
    let text = "";
    if (slips.length > 0) text = say("Word {number} is not in the list. Look at it again.", { number: String((slips[0] ?? 0) + 1) });
    else if (isFinal && count !== RECEIPT_WORDS) text = say("There are eight words. Here are {number}.", { number: String(count) });
    else if (code === null && count === RECEIPT_WORDS && wrong.length === 0) text = say("The words do not fit together: one of them is another word, or the order is another.");
    this.error.textContent = text;
    this.input.setAttribute("aria-invalid", String(text !== ""));
    return code;
  }
}
