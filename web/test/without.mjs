// Takes away what browsers of 2020 do not have, before a test or a page of a story loads: who needs it is red.
new Response(""); // node loads this part of itself late, and with what is taken away below
const YOUNGER = [
  [Object, "fromEntries groupBy hasOwn"],
  [Array, "fromAsync"],
  [Array.prototype, "at findLast findLastIndex toReversed toSorted toSpliced with"],
  [Object.getPrototypeOf(Uint8Array.prototype), "at findLast findLastIndex toReversed toSorted with"],
  [Uint8Array, "fromBase64 fromHex"],
  [Uint8Array.prototype, "toBase64 toHex setFromBase64 setFromHex"],
  [ArrayBuffer.prototype, "resize transfer transferToFixedLength"],
  [DataView.prototype, "getBigInt64 getBigUint64 setBigInt64 setBigUint64"],
  [String.prototype, "at isWellFormed matchAll replaceAll"],
  [Promise, "allSettled any try withResolvers"],
  [Iterator.prototype, "drop every filter find flatMap forEach map reduce some take toArray"],
  [Map, "groupBy"],
  [Set.prototype, "difference intersection isSubsetOf isSupersetOf symmetricDifference union"],
  [Crypto.prototype, "randomUUID"],
  [AbortSignal, "any timeout"],
  [Blob.prototype, "arrayBuffer bytes stream text"],
  [ReadableStream, "from"],
  [ReadableStream.prototype, "values"],
  [globalThis.Element?.prototype ?? {}, "replaceChildren"],
  [globalThis.Element ? {} : globalThis, "BigInt64Array BigUint64Array"], // on a page playwright's clock needs them
  [globalThis, "AggregateError FinalizationRegistry Iterator WeakRef structuredClone"],
];
for (const [from, names] of YOUNGER) for (const name of names.split(" ")) delete from[name];
