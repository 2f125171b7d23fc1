/** Person: the fields for who the family is; what stands in them is sealed apart, for custodians. */
import { make } from "./elements";
import type { Told } from "./family";
import { cleaned } from "./typed";
import type { Say } from "./words";

const LINE = 300;
const ADDRESS = 1_000;

export class PersonFields {
  readonly root: readonly HTMLElement[];
  private readonly controls = new Map<string, HTMLInputElement | HTMLTextAreaElement>();

  constructor(say: Say) {
    this.root = [
      this.field("name", say("Your surname and name"), make("input", { type: "text", maxlength: String(LINE) })),
      this.field("address", say("Your postal address"), make("textarea", { rows: "3", maxlength: String(ADDRESS) })),
      this.field("phone", say("Telephone, if you want to be called"), make("input", { type: "text", maxlength: String(LINE) })),
      this.field("soldier", say("His name and, if you know it, his unit"), make("input", { type: "text", maxlength: String(LINE) })),
    ];
  }

  /** What was filled in; null when nothing was. */
  person(): Told["person"] {
    const of = (id: string): string => cleaned(this.controls.get(id)?.value ?? "");
    const [name, address, phone, soldier] = [of("name"), of("address"), of("phone"), of("soldier")];
    return name || address || phone || soldier ? { name, address, phone, soldier } : null;
  }

  wipe(): void {
    this.controls.forEach((one) => (one.value = ""));
  }

  private field(id: string, label: string, control: HTMLInputElement | HTMLTextAreaElement): HTMLElement {
    control.id = id;
    control.autocomplete = "off";
    this.controls.set(id, control);
    return make("div", { class: "field" }, make("label", { for: id }, label), control);
  }
}
