import { NOTHING, type TraceRef } from '../../../context/recorder.js';
import { isPlainObject } from '../../../model/objects.js';
import { LibrarySpan } from '../library-span.js';
import { modelStart, numberOf, textOf, type AiEvent } from './ai-events.js';

/**
 * One call of `embed` or `embedMany`: a span for each call of the model. The SDK runs these in no context of ours, so a call
 * at the wire finds its span as one that waits for it.
 */
export class Embedding {
  private readonly calls = new Map<string, LibrarySpan>();

  constructor(
    readonly ref: TraceRef,
    private readonly onOver: () => void,
  ) {}

  startCall(event: AiEvent): void {
    const { values } = event;
    const input = { ...(textOf(event.modelId) !== undefined && { model: event.modelId }), input: values };
    const start = modelStart(event, event.recordInputs === false ? NOTHING : input);
    this.calls.set(String(event.embedCallId), LibrarySpan.startModel(this.ref, start, 'outside'));
  }

  endCall(event: AiEvent): void {
    const id = String(event.embedCallId);
    const call = this.calls.get(id);
    this.calls.delete(id);
    call?.end({
      kind: 'ok',
      output: event.recordOutputs === false ? NOTHING : { embeddings: shape(event.embeddings) },
      usage: usageOf(event),
    });
  }

  /** Calls that have not ended by now have failed, and the SDK has tried them again. */
  succeed(): void {
    for (const call of this.calls.values()) call.end({ kind: 'error', error: undefined, quiet: true });
    this.over();
  }

  fail(error: unknown): void {
    for (const call of this.calls.values()) call.end({ kind: 'error', error });
    this.over();
  }

  cancel(): void {
    for (const call of this.calls.values()) call.end({ kind: 'cancelled' });
    this.over();
  }

  private over(): void {
    this.calls.clear();
    this.onOver();
  }
}

/** The numbers themselves say nothing to a person. */
function shape(embeddings: unknown): object | undefined {
  if (!Array.isArray(embeddings)) return undefined;
  const [first] = embeddings as unknown[];
  return { count: embeddings.length, ...(Array.isArray(first) && { dimensions: first.length }) };
}

function usageOf({ usage }: AiEvent): object | undefined {
  const tokens = isPlainObject(usage) ? numberOf(usage.tokens) : undefined;
  return tokens === undefined ? undefined : { input: tokens, total: tokens };
}
