import type { StreamMessage } from '../../contract/responses.js';

/** Texts of messages, built once: the hub sends the same object to every client. */
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
 * @param lastId id of the last message the client received; clients that lose their position resume from it
 */
export function errorFrame(body: object, lastId: string | undefined): string {
  const id = lastId === undefined ? '' : `id: ${lastId}\n`;
  return `event: error\n${id}data: ${JSON.stringify(body)}\n\n`;
}

/**
 * Sent to a client that was too slow: the following messages are read from the store, right after its last one. It
 * misses nothing, but its messages are late. The id is the client's own position.
 */
export function resetFrame(after: string): string {
  return `event: reset\nid: ${after}\ndata: ${JSON.stringify({ reason: 'slow', after })}\n\n`;
}

/** Sent first: proxies forward the headers, and a browser reconnects after two seconds instead of three to five. */
export const OPENING_FRAME = 'retry: 2000\n: open\n\n';

/** Clients ignore it; proxies see that the connection is alive. */
export const HEARTBEAT_FRAME = ': heartbeat\n\n';
