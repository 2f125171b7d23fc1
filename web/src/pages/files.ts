/** Files: papers and photographs beside a report or a message, and what becomes of each. */
import { FILES } from "../limits";
import { Refused } from "../refused";
import { button, make } from "./elements";
import { choose, type Chosen } from "./pictures";
import type { Say } from "./words";

const MOST = 62_914_560; // bytes of all files, as an envelope allows

export class FilesField {
  readonly root: HTMLElement;
  private readonly error = make("p", { class: "error", id: "files-error" });
  private readonly shown = make("ul");
  private files: readonly Chosen[] = [];

  constructor(private readonly say: Say) {
    const pick = make("input", { type: "file", id: "files", multiple: "", "aria-describedby": "files-error" });
    pick.addEventListener("change", () => void this.take(pick));
    this.root = make(
      "div",
      {},
      make("p", { class: "hint" }, say("At most {number} files. You can do without.", { number: String(FILES) })),
      make("div", { class: "field" }, make("label", { for: "files" }, say("Choose files")), pick, this.error),
      this.shown,
    );
  }

  get chosen(): readonly Chosen[] {
    return this.files;
  }

  wipe(): void {
    this.files = [];
    this.list();
  }

  private async take(pick: HTMLInputElement): Promise<void> {
    const { say } = this;
    this.error.textContent = "";
    for (const file of Array.from(pick.files ?? [])) {
      const all = this.files.reduce((sum, one) => sum + one.bytes.length, file.size);
      if (this.files.length >= FILES || all > MOST) {
        this.refuse(say("That is more than can go at once: 10 files, 60 MB together."), pick);
        break;
      }
      try {
        this.files = [...this.files, await choose(file)];
      } catch (thrown) {
        const isLarge = thrown instanceof Refused && thrown.reason === "too-large";
        this.refuse(isLarge ? say("“{name}” is too large: 25 MB a file.", { name: file.name }) : say("“{name}” could not be read.", { name: file.name }), pick);
      }
    }
    pick.value = "";
    this.list();
  }

  private refuse(text: string, at: HTMLElement): void {
    this.error.textContent = text;
    at.focus();
  }

  private list(): void {
    const { say } = this;
    const entries = this.files.map((one) => {
      const act = (): void => {
        this.files = this.files.filter((other) => other !== one);
        this.list();
      };
      const out = button(say("Take “{name}” out", { name: one.name }), "button second", act);
      return make("li", {}, make("b", {}, one.name), " ", make("small", {}, told(say, one)), " ", out);
    });
    this.shown.replaceChildren(...entries);
  }
}

/** What becomes of a file, in words. */
export function told(say: Say, { clean, traces }: Chosen): string {
  if (clean === null) return say("goes sealed as it is. Author, place and time may be written inside it");
  const names = { camera: say("camera model"), place: say("place"), time: say("time") };
  const found = traces.map((one) => names[one]).join(", ");
  return found ? say("a clean copy goes; removed: {found}", { found }) : say("a clean copy goes: the picture alone");
}
