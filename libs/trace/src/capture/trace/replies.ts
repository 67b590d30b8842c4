import { types } from 'node:util';
import { shortHash } from '../../model/hash.js';
import { readReply } from '../../model/vocabulary.js';

/** Replies of one trace that are remembered: an agent that sends more has their later records counted one by one. */
const MAX_REPLIES = 32;
/** Characters of a text that are compared, besides its length. */
const MAX_COMPARED = 4_096;

/** A reply that was recorded once. */
interface Recorded {
  /** `code`: `traceReply` said so; `seen`: a provider or the caller got it. */
  by: 'code' | 'seen';
  id: string | undefined;
  /** Hash of its text: the texts of 10,000 running traces would be held otherwise. */
  text: string | undefined;
  /** Both records of it are there. */
  paired: boolean;
}

/**
 * Finds the second record of a reply: `traceReply(text)` and the call that sends the same text record the same reply, in
 * either order. One by the code and one that was seen are a pair if they have the same message id, else if they have the
 * same text; each is in one pair. Two records of the same origin are two replies, but for an edit of a message that was
 * seen.
 */
export class Replies {
  private readonly recorded: Recorded[] = [];

  /** Notes a `message_sent`. Whether it is the second record of a reply. */
  isAgain(data: unknown): boolean {
    // A look at a proxy runs code of the application.
    if (types.isProxy(data)) return false;
    const { text, messageId: id } = readReply(data);
    const reply: Recorded = { by: originOf(data), id, text: fingerprint(text), paired: false };
    const edited = id !== undefined && memberOf(data, 'edited') === true ? this.seenAs(id) : undefined;
    if (edited !== undefined) {
      edited.text = reply.text;
      return true;
    }
    const other = this.partnerOf(reply);
    if (other !== undefined) {
      other.paired = true;
      if (reply.by === 'seen') Object.assign(other, { by: 'seen', id });
      return true;
    }
    if (this.recorded.length >= MAX_REPLIES) this.recorded.shift();
    this.recorded.push(reply);
    return false;
  }

  private seenAs(id: string): Recorded | undefined {
    return this.recorded.find((one) => one.by === 'seen' && one.id === id);
  }

  private partnerOf({ by, id, text }: Recorded): Recorded | undefined {
    const free = this.recorded.filter((one) => !one.paired && one.by !== by);
    const sameId = id === undefined ? undefined : free.find((one) => one.id === id);
    return sameId ?? (text === undefined ? undefined : free.find((one) => one.text === text));
  }
}

/** `via` is `http` or `response` where capture saw the message go out. */
function originOf(data: unknown): Recorded['by'] {
  const via = memberOf(data, 'via');
  return via === 'http' || via === 'response' ? 'seen' : 'code';
}

function memberOf(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null ? Object.getOwnPropertyDescriptor(data, name)?.value : undefined;
}

/** White space at line ends and around a text is lost on the way to some providers. */
function fingerprint(text: string | undefined): string | undefined {
  const compared = text?.slice(0, MAX_COMPARED).replace(/\s+/g, ' ').trim();
  if (compared === undefined || compared === '') return undefined;
  return shortHash(text!.length > MAX_COMPARED ? `${text!.length}:${compared}` : compared);
}
