/** Check: a proof file is judged on this phone, and a text is compared with what it proves. */
import { looksAlike } from "../changes";
import { judge } from "../genuine";
import { FORM_BYTES } from "../limits";
import { isProof, readProof, type Proof } from "../proof";
import { Refused } from "../refused";
import { isForm, readForm } from "../savedform";
import { button, make } from "./elements";
import { speaker, type Say } from "./words";

const place = document.getElementById("phone");
if (place) begin(place, speaker(JSON.parse(place.dataset["words"] ?? "[]") as string[]));

function begin(root: HTMLElement, say: Say): void {
  const file = make("input", { type: "file", id: "proof-file", accept: ".json,.html,.htm,application/json,text/html" });
  const text = make("textarea", { id: "proof-text", rows: "4", autocomplete: "off", spellcheck: "false" });
  const said = make("div", { role: "status" });
  const act = button(say("Check on this phone"), "button", () => {
    const chosen = file.files?.[0];
    if (!chosen) return show(said, [note(say("Choose a file first: a proof, or a form as one file."))]);
    act.disabled = true;
    // what was pressed is seen before the work begins
    setTimeout(() => void look(say, chosen, text.value).then((found) => {
      show(said, found);
      act.disabled = false;
    }), 0);
  });
  root.replaceChildren(
    make("p", {}, make("label", { for: "proof-file" }, say("The proof file, or the form as one file")), file),
    make("p", {}, make("label", { for: "proof-text" }, say("The text that you were sent, to compare it (need not be)")), text),
    make("p", { class: "row" }, act),
    said,
  );
  window.addEventListener("pagehide", () => (text.value = ""));
}

function show(place: HTMLElement, found: readonly HTMLElement[]): void {
  place.replaceChildren(...found);
}

async function look(say: Say, chosen: File, text: string): Promise<HTMLElement[]> {
  try {
    if (chosen.size > FORM_BYTES) throw new Refused("too-large");
    const bytes = await contents(chosen);
    if (isForm(bytes)) return formed(say, bytes);
    const raw = new TextDecoder().decode(bytes);
    if (!isProof(raw)) return [note(say("This file is not a proof. The page of a text offers one, as a file that ends in .json."))];
    const proof = readProof(raw);
    return [...told(say, proof), ...(text.trim() ? compared(say, proof, text) : [])];
  } catch (thrown) {
    const reason = thrown instanceof Refused ? thrown.reason : "bad-form";
    return [
      seal("warn", say("The proof does not hold"), say("Something in the file is not as it was signed ({reason}). Do not rely on it.", { reason })),
    ];
  }
}

function contents(chosen: File): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(new Uint8Array(reader.result as ArrayBuffer)));
    reader.addEventListener("error", () => reject(new Refused("bad-form")));
    reader.readAsArrayBuffer(chosen);
  });
}

function told(say: Say, proof: Proof): HTMLElement[] {
  const { post, name, signed, organisers, k } = proof;
  const filled = { signed: String(signed), organisers: String(organisers), group: name, needed: String(k) };
  const first = proof.isOfficial
    ? seal("ok", say("The proof holds"), say("Organisers of “{group}” who signed: {signed} of {organisers}; needed: {needed}. Checked by your phone, from this file alone.", filled))
    : seal("warn", say("The file proves too little"), say("Organisers in office who signed: {signed}; needed: {needed}. Or a charter is missing, or a later one does not keep this text in force.", filled));
  return [
    first,
    ...(proof.isSplit ? [note(say("The group is in dispute: the file has two charters against each other."))] : []),
    make("p", {}, say("A name can be taken by anyone. Compare the number of the group:"), " ", code(proof.group)),
    make("article", { class: "card", lang: post.lang }, make("h3", {}, make("bdi", {}, post.title)), ...paragraphs(post.text)),
    make("p", { class: "hint" }, say("No file can prove that nothing was corrected since, or that no later charter left the text out. Ask a node for that.")),
  ];
}

/** A form as one file: whether these are the bytes that a group has signed, and for whom it seals. */
function formed(say: Say, raw: Uint8Array): HTMLElement[] {
  const { word, proof } = readForm(raw);
  if (proof === null || word !== "genuine") {
    const title = word === "altered" ? say("The form is altered") : say("Nobody has signed this form");
    return [seal("warn", title, say("Do not write into this form: it may seal for somebody else, or not at all."))];
  }
  const { name, signed, organisers, k } = proof;
  const filled = { signed: String(signed), organisers: String(organisers), group: name, needed: String(k) };
  return [
    seal("ok", say("The form is genuine, in these very bytes"), say("Organisers of “{group}” who signed: {signed} of {organisers}; needed: {needed}. Checked by your phone, from this file alone.", filled)),
    make("p", {}, say("A name can be taken by anyone. Compare the number of the group:"), " ", code(proof.group)),
    make("p", {}, say("It seals for those who read reports by that charter. Their keys:")),
    make("ul", {}, ...proof.readers.map((one) => make("li", {}, code(one)))),
    make("p", { class: "hint" }, say("No file can prove that the group has named nobody else since. Ask a node for that.")),
  ];
}

function compared(say: Say, proof: Proof, text: string): HTMLElement[] {
  const { post } = proof;
  const answer = judge(text, [{ id: post.record, title: post.title, text: post.text }]);
  switch (answer.word) {
    case "genuine":
      return [
        answer.isPart
          ? seal("ok", say("Your text is a piece of this one"), say("What stands before and after it may change the meaning: read the whole."))
          : seal("ok", say("Your text is this one"), say("It is the same but for what copying changes.")),
      ];
    case "altered":
      return [
        seal("warn", say("Your text is altered"), say("Struck out: what the text of this file has. Underlined: what stands in yours.")),
        make("ol", { class: "changes" }, ...answer.changes.slice(0, 50).map((one) => make("li", {},
          make("p", {}, one.before && `… ${turned(one.before)} `, one.official ? make("del", {}, turned(one.official)) : null, " ", one.asked ? make("ins", {}, turned(one.asked)) : null, one.after && ` ${turned(one.after)} …`),
          looksAlike(one) ? make("p", { class: "hint" }, say("The words look the same, but some letters are of another alphabet.")) : null,
        ))),
      ];
    case "unknown":
      return [note(say("Your text is another one than this file proves."))];
    default:
      return [note(say("Your text is too short or too long to be compared. Paste the whole text, and nothing else."))];
  }
}

/** Words with the signs written out that would turn them around. */
function turned(words: string): string {
  return words.replace(/[\u061c\u200f\u202b\u202d\u202e\u2067]/g, (sign) =>
    `<U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}>`,
  );
}

function seal(look: "ok" | "warn", title: string, words: string): HTMLElement {
  return make("div", { class: `seal ${look}` }, make("div", {}, make("h3", {}, title), make("p", {}, words)));
}

function note(text: string): HTMLElement {
  return make("p", { class: "note" }, text);
}

function code(id: string): HTMLElement {
  return make("code", { class: "id" }, (id.match(/.{4}/g) ?? []).join(" "));
}

function paragraphs(text: string): HTMLElement[] {
  return text.split(/\n{2,}/).map((one) => make("p", {}, one));
}
