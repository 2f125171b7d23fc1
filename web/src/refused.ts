/** Refused: a no with a word that never changes; the words are the protocol's. */
export class Refused extends Error {
  constructor(
    readonly reason: string,
    message = "",
  ) {
    super(message ? `${reason}: ${message}` : reason);
  }
}
