import { NOTHING, type SpanOutcome, type TraceRef } from '../../../context/recorder.js';
import { isPlainObject } from '../../../model/objects.js';
import { clearTimeout, setTimeout } from '../../../model/timers.js';
import { LibrarySpan, type Moment } from '../library-span.js';
import {
  asksForTools,
  isStream,
  modelOutput,
  operationOutput,
  operationSpan,
  toolSpan,
  type AiEvent,
} from './ai-events.js';
import { ModelCall } from './model-call.js';

/**
 * Milliseconds from the end of the last model call to the end of a streamed operation that does not come: where the reader
 * has left, the SDK reports the end of the model call and nothing after it.
 */
const DELIVERED_AFTER_MS = 1_000;
/** The same where the model asked for tools, which the SDK has not started. */
const CONTINUES_AFTER_MS = 10_000;

/** One call of `generateText` or `streamText`: its span, with its model calls and tools inside. */
export class Operation {
  private readonly span: LibrarySpan;
  private readonly tools = new Map<string, LibrarySpan>();
  private readonly streams: boolean;
  private call: ModelCall | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** @param onOver the operation has ended; the SDK reports no more of it */
  constructor(
    parent: TraceRef,
    event: AiEvent,
    private readonly onOver: () => void,
  ) {
    this.span = LibrarySpan.start(parent, operationSpan(event));
    this.streams = isStream(event);
  }

  get ref(): TraceRef {
    return this.span.ref;
  }

  startCall(event: AiEvent): void {
    this.busy();
    // The SDK reports the start again when it tries a streamed call once more.
    if (this.call?.over === false) return;
    this.call = new ModelCall(this.ref, event, () => this.end({ kind: 'cancelled' }));
  }

  /** The model call that is running. */
  get running(): ModelCall | undefined {
    return this.call?.over === false ? this.call : undefined;
  }

  endCall(event: AiEvent): void {
    const { running } = this;
    if (running === undefined) return;
    const ended = running.succeed(event);
    if (!this.streams) return;
    if (asksForTools(event)) this.expect(CONTINUES_AFTER_MS, { kind: 'cancelled', ended });
    else this.expect(DELIVERED_AFTER_MS, { kind: 'ok', output: outputOf(event), ended });
  }

  startTool(event: AiEvent): LibrarySpan {
    this.busy();
    const tool = LibrarySpan.start(this.ref, toolSpan(event));
    this.tools.set(String(event.toolCallId), tool);
    return tool;
  }

  endTool(event: AiEvent, ended: Moment): void {
    const output = isPlainObject(event.toolOutput) ? event.toolOutput : {};
    const id = String(output.toolCallId);
    const tool = this.tools.get(id);
    if (tool === undefined) return;
    this.tools.delete(id);
    if (output.type === 'tool-error') tool.end({ kind: 'error', error: output.error });
    else tool.end({ kind: 'ok', output: event.recordOutputs === false ? NOTHING : output.output });
    if (this.streams && this.tools.size === 0) this.expect(CONTINUES_AFTER_MS, { kind: 'cancelled', ended });
  }

  succeed(event: AiEvent): void {
    this.end({ kind: 'ok', output: operationOutput(event) });
  }

  cancel(): void {
    this.end({ kind: 'cancelled' });
  }

  fail(error: unknown): void {
    this.running?.fail(error);
    this.end({ kind: 'error', error });
  }

  private end(outcome: SpanOutcome): void {
    this.busy();
    this.running?.cancel();
    for (const tool of this.tools.values()) tool.end({ kind: 'cancelled' });
    this.tools.clear();
    this.span.end(outcome);
    this.onOver();
  }

  /** Ends the operation in some time, unless something happens in it. */
  private expect(ms: number, outcome: SpanOutcome): void {
    this.busy();
    this.timer = setTimeout(() => this.end(outcome), ms).unref();
  }

  private busy(): void {
    clearTimeout(this.timer);
  }
}

function outputOf(event: AiEvent): unknown {
  if (event.recordOutputs === false) return NOTHING;
  const { text, finish_reason } = modelOutput(event);
  return { ...(text !== undefined && { text }), ...(finish_reason !== undefined && { finish_reason }) };
}
