import { TraceCollectorError } from '../../model/errors.js';
import { shortHash } from '../../model/hash.js';
import type { FeedPosition } from '../../model/trace.js';

/** `t<time>~<source>.<seq>~…` */
const TEXT = /^t\d{1,16}(?:~[0-9a-f]{12}\.\d{1,16})*$/;
const MAX_TEXT = 100_000;

/**
 * A position in the feed: for each process, the number of the last record that was read. Processes that were silent for
 * long are left out; the time says which of their records are behind the position.
 */
export class FeedVector {
  constructor(
    /** Microseconds, by the server's clock. */
    readonly at: number,
    /** By the short name of a process. */
    readonly seqs: ReadonlyMap<string, number>,
  ) {}

  get text(): FeedPosition {
    return `t${this.at}${Array.from(this.seqs, ([name, seq]) => `~${name}.${seq}`).join('')}`;
  }

  /** Texts of the positions inside of the records of one process. */
  textsAt(name: string): (seq: number) => FeedPosition {
    let before = `t${this.at}`;
    let behind = '';
    for (const [each, seq] of this.seqs) {
      if (each === name) continue;
      if (each < name) before += `~${each}.${seq}`;
      else behind += `~${each}.${seq}`;
    }
    return (seq) => `${before}~${name}.${seq}${behind}`;
  }

  /** @throws TraceCollectorError `BAD_POSITION` */
  static parse(text: FeedPosition): FeedVector {
    if (text.length > MAX_TEXT || !TEXT.test(text)) {
      throw new TraceCollectorError(
        'BAD_POSITION',
        `"${text.slice(0, 100)}" is no position in this store's stream: start without one, or with the id of a message it sent.`,
      );
    }
    const [time = '', ...parts] = text.split('~');
    const seqs = parts
      .map((part) => part.split('.') as [string, string])
      .map(([name, seq]) => [name, Number(seq)] as const);
    return new FeedVector(Number(time.slice(1)), new Map(seqs));
  }
}

/** The name of a process in positions. */
export function feedName(writer: string): string {
  return shortHash(writer);
}
