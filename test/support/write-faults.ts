import type { JsonText, RecordDraft } from '../../libs/trace/src/model/record.js';

/** `fs.writeSync`, as far as a segment uses it. */
export type Write = (fd: number, buffer: Uint8Array, offset?: number, length?: number) => number;

/** Takes the place of one write. */
export type WriteFault = (write: Write, ...args: Parameters<Write>) => number;

/** An error of the file system. */
export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Lets only this many bytes through, without an error. */
export const short =
  (bytes: number): WriteFault =>
  (write, fd, buffer, offset = 0, length = 0) =>
    write(fd, buffer, offset, Math.min(bytes, length));

/** Fails with this code. */
export const fail =
  (code: string): WriteFault =>
  () => {
    throw systemError(code);
  };

/** Event `n`, which is its time too. */
export const event = (n: number, pad = 100): RecordDraft => ({
  kind: 'event',
  trace: '1-1',
  type: 'step',
  data: JSON.stringify({ n, pad: 'x'.repeat(pad) }) as JsonText,
  ts: n,
});
