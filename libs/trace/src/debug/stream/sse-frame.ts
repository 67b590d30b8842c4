import type { StreamMessage } from '../../contract/responses.js';

/** The text of a message, built once: the hub gives the same object to every client. */
const frames = new WeakMap<StreamMessage, string>();

export function messageFrame(message: StreamMessage): string {
  let frame = frames.get(message);
  if (frame === undefined) {
    frame = `event: ${message.type}\nid: ${message.id}\ndata: ${JSON.stringify(message.data)}\n\n`;
    frames.set(message, frame);
  }
  return frame;
}

/**
 * @param lastId the last message the client has. A message without an id keeps the client's own; naming it anyway also
 * serves clients that forget theirs.
 */
export function errorFrame(body: object, lastId: string | undefined): string {
  const id = lastId === undefined ? '' : `id: ${lastId}\n`;
  return `event: error\n${id}data: ${JSON.stringify(body)}\n\n`;
}

/**
 * Told to a client that was too slow: what follows is read from the store again, right behind its last message. It has
 * missed nothing; what it is shown is late. The id is the client's own, so that it resumes there all the same.
 */
export function resetFrame(after: string): string {
  return `event: reset\nid: ${after}\ndata: ${JSON.stringify({ reason: 'slow', after })}\n\n`;
}

/** The first thing on the wire: proxies let the headers through, and a browser comes back after two seconds, not its own three to five. */
export const OPENING_FRAME = 'retry: 2000\n: open\n\n';

/** Clients ignore it; what stands between them sees that the connection is alive. */
export const HEARTBEAT_FRAME = ': heartbeat\n\n';
