import { runWith } from '../../../context/trace-context.js';
import { aiOperationBegan } from '../ai-operations.js';
import { BoundedMap } from '../bounded-map.js';
import { thisMoment } from '../library-span.js';
import { guarded, tracedRef } from '../traced-recorders.js';
import { operationKind, type AiEvent } from './ai-events.js';
import { Embedding } from './embedding.js';
import { Operation } from './operation.js';

/** Running operations at most, in all traces. The oldest is removed when there are more: the SDK never ends some of them. */
const MAX_OPERATIONS = 10_000;

/** Work of the SDK that an integration may run in a context of its own. */
type Execution = AiEvent & { readonly execute: () => PromiseLike<unknown> };

/** The members of the SDK's interface `Telemetry` that we have. */
export interface AiTelemetry {
  onStart(event: AiEvent): void;
  onLanguageModelCallStart(event: AiEvent): void;
  onLanguageModelCallEnd(event: AiEvent): void;
  onToolExecutionEnd(event: AiEvent): void;
  onEmbedStart(event: AiEvent): void;
  onEmbedEnd(event: AiEvent): void;
  onEnd(event: AiEvent): void;
  onAbort(event: AiEvent): void;
  onError(event: unknown): void;
  executeLanguageModelCall(execution: Execution): PromiseLike<unknown>;
  executeTool(execution: Execution): PromiseLike<unknown>;
}

/**
 * Adds an integration to the AI SDK's own registry, an array that the SDK's `registerTelemetry` fills and that each
 * operation reads as it begins. So the SDK is neither imported nor resolved, and may be loaded later, in several copies.
 * It is the first: another one that makes spans of OpenTelemetry then makes them after `aiOperationBegan`.
 * An operation that has integrations of its own (`telemetry.integrations`) is not reported to this one.
 */
export function registerWithAiSdk(): () => void {
  const holder = globalThis as { AI_SDK_TELEMETRY_INTEGRATIONS?: unknown[] };
  const { telemetry, stop } = aiTelemetry();
  (holder.AI_SDK_TELEMETRY_INTEGRATIONS ??= []).unshift(telemetry);
  return () => {
    const registered = holder.AI_SDK_TELEMETRY_INTEGRATIONS;
    const index = registered?.indexOf(telemetry) ?? -1;
    if (index >= 0) registered?.splice(index, 1);
    stop();
  };
}

/** The trace of an operation is the one in which it starts: the ids in its later events lead to it. */
function aiTelemetry(): { telemetry: AiTelemetry; stop: () => void } {
  const operations = new BoundedMap<Operation | Embedding>(MAX_OPERATIONS, (operation) => operation.cancel());
  const textOf = (callId: unknown): Operation | undefined => {
    const operation = operations.get(callId as string);
    return operation instanceof Operation ? operation : undefined;
  };

  const hook =
    (name: string, handle: (operation: Operation | Embedding, event: AiEvent) => void) => (event: unknown) => {
      const operation = operations.get((event as AiEvent | undefined)?.callId as string);
      if (operation) guarded(operation.ref, `AI SDK ${name}`, () => handle(operation, event as AiEvent));
    };
  const textHook = (name: string, handle: (operation: Operation, event: AiEvent) => void) =>
    hook(name, (operation, event) => operation instanceof Operation && handle(operation, event));
  const embeddingHook = (name: string, handle: (embedding: Embedding, event: AiEvent) => void) =>
    hook(name, (operation, event) => operation instanceof Embedding && handle(operation, event));

  const telemetry: AiTelemetry = {
    onStart(event) {
      const ref = tracedRef();
      if (ref === undefined) return;
      guarded(ref, 'AI SDK onStart', () => {
        const id = event.callId as string;
        const kind = operationKind(event);
        const over = () => void operations.take(id);
        if (kind !== undefined) aiOperationBegan();
        if (kind === 'text') operations.set(id, new Operation(ref, event, over));
        else if (kind === 'embedding') operations.set(id, new Embedding(ref, over));
      });
    },
    onLanguageModelCallStart: textHook('onLanguageModelCallStart', (operation, event) => operation.startCall(event)),
    onLanguageModelCallEnd: textHook('onLanguageModelCallEnd', (operation, event) => operation.endCall(event)),
    onToolExecutionEnd: textHook('onToolExecutionEnd', (operation, event) => operation.endTool(event, thisMoment())),
    onEmbedStart: embeddingHook('onEmbedStart', (embedding, event) => embedding.startCall(event)),
    onEmbedEnd: embeddingHook('onEmbedEnd', (embedding, event) => embedding.endCall(event)),
    onEnd: hook('onEnd', (operation, event) => operation.succeed(event)),
    onAbort: hook('onAbort', (operation) => operation.cancel()),
    onError: hook('onError', (operation, event) => operation.fail(event.error)),

    executeLanguageModelCall({ execute, callId }) {
      const call = textOf(callId)?.running;
      if (call === undefined) return execute();
      return runWith(call.ref, execute).then((result) => {
        guarded(call.ref, 'AI SDK stream', () => call.answered(result));
        return result;
      });
    },
    executeTool({ execute, ...event }) {
      const operation = textOf(event.callId);
      const tool = operation && guarded(operation.ref, 'AI SDK executeTool', () => operation.startTool(event));
      return tool === undefined ? execute() : runWith(tool.ref, execute);
    },
  };
  return { telemetry, stop: () => operations.clear() };
}
