/** Elements: small pieces of a page, made without a line of markup (Trusted Types forbid it). */

type Child = Node | string | null;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: { readonly [name: string]: string } = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const name of Object.keys(attributes)) made.setAttribute(name, attributes[name] ?? "");
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

export function button(text: string, look: "button" | "button second", act: () => void): HTMLButtonElement {
  const made = make("button", { type: "button", class: look }, text);
  made.addEventListener("click", act);
  return made;
}

/** Leads to where the next step begins; WebKit gave it the focus and left it out of sight. */
export function leadTo(place: HTMLElement | null): void {
  place?.focus();
  place?.scrollIntoView();
}

/** Makes every choice one that the page began with: Firefox writes the others to its disk, whatever they say of it. */
export function unwritten(root: HTMLElement): void {
  root.querySelectorAll("input").forEach((one) => (one.defaultChecked = one.checked));
}

export function note(text: string): HTMLParagraphElement {
  return make("p", { class: "note" }, text);
}

/** A heading that can be given the focus when its step begins. */
export function heading(text: string): HTMLHeadingElement {
  return make("h3", { tabindex: "-1" }, text);
}
