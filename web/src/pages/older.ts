/** Older: what browsers of 2020 lack of the language and our libraries take for granted; bundled before all else. */

lend(Object, "hasOwn", (one: object, name: string) => Object.prototype.hasOwnProperty.call(one, name));

lend(String.prototype, "replaceAll", function (this: string, old: string, put: string) {
  return this.split(old).join(put);
});

lend(DataView.prototype, "setBigUint64", function (this: DataView, at: number, value: bigint, isLittle = false) {
  const [low, high] = [Number(value & 0xffff_ffffn), Number((value >> 32n) & 0xffff_ffffn)];
  this.setUint32(at, isLittle ? low : high, isLittle);
  this.setUint32(at + 4, isLittle ? high : low, isLittle);
});

if (typeof Element !== "undefined") {
  lend(Element.prototype, "replaceChildren", function (this: Element, ...children: (Node | string)[]) {
    this.textContent = "";
    this.append(...children);
  });
}

function lend(to: object, name: string, given: unknown): void {
  if (!(name in to)) Object.defineProperty(to, name, { value: given, writable: true, configurable: true });
}
