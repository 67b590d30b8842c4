import type { CallObserver, CallTarget, TraceRef } from '../../../libs/trace/src/context/recorder.js';
import { MemoryRecorder } from '../../../libs/trace/src/testing/memory-recorder.js';

/** Keeps the calls of its observers' methods, as text: one list per call. */
export class CallRecorder extends MemoryRecorder {
  readonly calls: { trace: string; target: CallTarget; seen: string[]; bytes: Buffer[] }[] = [];
  /** Every hook throws. */
  hostile = false;
  header: [string, string] | undefined;

  call(ref: TraceRef, target: CallTarget): CallObserver | undefined {
    const seen: string[] = [];
    const bytes: Buffer[] = [];
    this.calls.push({ trace: ref.key, target, seen, bytes });
    if (this.header) seen.push(`set ${target.setHeader!(...this.header)}`);
    const note = (text: string): void => {
      const [kind] = text.split(':');
      const last = seen.at(-1);
      if ((kind === 'sent' || kind === 'received') && last?.startsWith(`${kind}:`))
        seen[seen.length - 1] = last + text.slice(kind.length + 1);
      else seen.push(text);
      if (this.hostile) throw new Error('planted');
    };
    return {
      requestHeaders: (headers) => note(`headers ${Object.entries(headers).join(' ')}`),
      sent: (chunk) => note(`sent:${Buffer.from(chunk).toString()}`),
      sentAll: () => note('sentAll'),
      responded: (status, headers) => note(`responded ${status} ${headers['x-id'] ?? ''}`.trim()),
      received: (chunk) => {
        bytes.push(Buffer.from(chunk));
        note(chunk.byteLength > 64 ? 'received:…' : `received:${Buffer.from(chunk).toString()}`);
      },
      finished: () => note('finished'),
      failed: (error) => note(`failed ${(error as { code?: unknown }).code ?? (error as Error).name}`),
      left: () => note('left'),
    };
  }
}
