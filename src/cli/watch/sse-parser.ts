/** One event of a Server-Sent Events stream. */
export interface SseEvent {
  /** `message` when the server named none. */
  event: string;
  data: string;
}

/** Larger than any message of ours: a stream without line ends must not fill the memory. */
const MAX_PENDING = 64 * 1024 * 1024;

/** The event stream format of the HTML standard, fed with chunks of text. Comments are dropped. */
export class SseParser {
  /** The last `id` seen, whether or not its event had data: what a reconnect sends as Last-Event-ID. */
  lastEventId = '';
  private pending = '';
  private atStart = true;
  private event = '';
  private data: string[] = [];
  private id: string | undefined;

  push(text: string): SseEvent[] {
    const events: SseEvent[] = [];
    const all = this.pending + (this.atStart ? text.replace(/^\uFEFF/, '') : text);
    if (text !== '') this.atStart = false;
    const lineEnd = /\r\n|\n|\r/g;
    // The rest has no line end in it, except a CR at its very end: do not search it again.
    lineEnd.lastIndex = Math.max(0, this.pending.length - 1);
    let start = 0;
    for (let end = lineEnd.exec(all); end; end = lineEnd.exec(all)) {
      // A CR at the very end may be half of a CRLF: wait for what follows.
      if (end[0] === '\r' && end.index === all.length - 1) break;
      const event = this.line(all.slice(start, end.index));
      if (event) events.push(event);
      start = lineEnd.lastIndex;
    }
    this.pending = all.slice(start);
    if (this.pending.length > MAX_PENDING) throw new Error('the stream sent a line of more than 64 MiB');
    return events;
  }

  private line(line: string): SseEvent | undefined {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.event = value;
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    return undefined;
  }

  private dispatch(): SseEvent | undefined {
    if (this.id !== undefined) this.lastEventId = this.id;
    const event = this.data.length === 0 ? undefined : { event: this.event || 'message', data: this.data.join('\n') };
    this.event = '';
    this.data = [];
    return event;
  }
}
