import { runWith } from '../../../context/trace-context.js';
import { BoundedMap } from '../bounded-map.js';
import { thisMoment } from '../library-span.js';
import { guarded, tracedRef } from '../traced-recorders.js';
import { isRecorded, type AiEvent } from './ai-events.js';
import { Operation } from './operation.js';

/** Running operations at most, in all traces. One that the SDK never ends is removed after so many others. */
const MAX_OPERATIONS = 10_000;

/** Work of the SDK that an integration may run in a context of its own. */
type Execution = AiEvent & { readonly execute: () => PromiseLike<unknown> };

/** The members of the SDK's interface `Telemetry` that we have. */
export interface AiTelemetry {
  onStart(event: AiEvent): void;
  onLanguageModelCallStart(event: AiEvent): void;
  onLanguageModelCallEnd(event: AiEvent): void;
  onToolExecutionEnd(event: AiEvent): void;
  onEnd(event: AiEvent): void;
  onAbort(event: AiEvent): void;
  onError(event: unknown): void;
  executeLanguageModelCall(execution: Execution): PromiseLike<unknown>;
  executeTool(execution: Execution): PromiseLike<unknown>;
}

/**
 * Adds an integration to the AI SDK's own registry, an array that the SDK's `registerTelemetry` fills and that each
 * operation reads as it begins. So the SDK is neither imported nor resolved, and may be loaded later, in several copies.
 * An operation that has integrations of its own (`telemetry.integrations`) is not reported to this one.
 */
export function registerWithAiSdk(): () => void {
  const holder = globalThis as { AI_SDK_TELEMETRY_INTEGRATIONS?: unknown[] };
  const { telemetry, stop } = aiTelemetry();
  (holder.AI_SDK_TELEMETRY_INTEGRATIONS ??= []).push(telemetry);
  return () => {
    const registered = holder.AI_SDK_TELEMETRY_INTEGRATIONS;
    const index = registered?.indexOf(telemetry) ?? -1;
    if (index >= 0) registered?.splice(index, 1);
    stop();
  };
}

/** The trace of an operation is the one in which it starts: the ids in its later events lead to it. */
function aiTelemetry(): { telemetry: AiTelemetry; stop: () => void } {
  const operations = new BoundedMap<Operation>(MAX_OPERATIONS, (operation) => operation.cancel());

  const hook = (name: string, handle: (operation: Operation, event: AiEvent) => void) => (event: unknown) => {
    const operation = operations.get((event as AiEvent | undefined)?.callId as string);
    if (operation) guarded(operation.ref, `AI SDK ${name}`, () => handle(operation, event as AiEvent));
  };

  const telemetry: AiTelemetry = {
    onStart(event) {
      const ref = tracedRef();
      if (ref === undefined) return;
      guarded(ref, 'AI SDK onStart', () => {
        const id = event.callId as string;
        if (isRecorded(event)) operations.set(id, new Operation(ref, event, () => void operations.take(id)));
      });
    },
    onLanguageModelCallStart: hook('onLanguageModelCallStart', (operation, event) => operation.startCall(event)),
    onLanguageModelCallEnd: hook('onLanguageModelCallEnd', (operation, event) => operation.endCall(event)),
    onToolExecutionEnd: hook('onToolExecutionEnd', (operation, event) => operation.endTool(event, thisMoment())),
    onEnd: hook('onEnd', (operation, event) => operation.succeed(event)),
    onAbort: hook('onAbort', (operation) => operation.cancel()),
    onError: hook('onError', (operation, event) => operation.fail(event.error)),

    executeLanguageModelCall({ execute, callId }) {
      const call = operations.get(callId as string)?.running;
      if (call === undefined) return execute();
      return runWith(call.ref, execute).then((result) => {
        guarded(call.ref, 'AI SDK stream', () => call.answered(result));
        return result;
      });
    },
    executeTool({ execute, ...event }) {
      const operation = operations.get(event.callId as string);
      const tool = operation && guarded(operation.ref, 'AI SDK executeTool', () => operation.startTool(event));
      return tool === undefined ? execute() : runWith(tool.ref, execute);
    },
  };
  return { telemetry, stop: () => operations.clear() };
}
