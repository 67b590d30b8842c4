/** A body that is refused whole: nothing of it is recorded. */
export class WireFault extends Error {
  override readonly name = 'WireFault';

  /**
   * @param status HTTP status: 400 where the body is wrong, 413 where it is too large, 503 where the sender should wait
   * @param message what is wrong, with the value, and the cure
   */
  constructor(
    readonly status: 400 | 413 | 503,
    message: string,
  ) {
    super(message);
  }
}
