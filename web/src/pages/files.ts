/** Files: papers and photographs beside a report or a message, and what becomes of each. */
import { bucketOf } from "../blobs";
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
      make("p", { class: "hint" }, say("At most {number} files, 25 MB each and 60 MB together. You can do without.", { number: String(FILES) })),
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
    const refused: string[] = [];
    this.error.textContent = "";
    for (const file of Array.from(pick.files ?? [])) {
      const why = await this.add(file);
      if (why !== "") refused.push(why);
      this.list(); // a large photograph takes seconds on an old phone: what is ready is shown
    }
    pick.value = "";
    this.error.textContent = refused.join(" ");
    if (refused.length > 0) pick.focus();
  }

  /** Takes one file, or says why not: each by its name, and the others go on. */
  private async add(file: File): Promise<string> {
    const { say } = this;
    const all = this.files.reduce((sum, one) => sum + one.bytes.length, file.size);
    const name = { name: file.name };
    try {
      bucketOf(file.size); // one that is too large is not read at all
      if (this.files.length >= FILES || all > MOST) return say("“{name}” does not fit any more.", name);
      this.files = [...this.files, await choose(file)];
      return "";
    } catch (thrown) {
      const isLarge = thrown instanceof Refused && thrown.reason === "too-large";
      return isLarge ? say("“{name}” is too large: 25 MB a file.", name) : say("“{name}” could not be read.", name);
    }
  }

  private list(): void {
    const { say } = this;
    const entries = this.files.map((one) => {
      const act = (): void => {
        this.files = this.files.filter((other) => other !== one);
        this.error.textContent = "";
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
