import { currentRef } from '../../../context/trace-context.js';
import { NOTHING, type SpanOutcome, type SpanStart } from '../../../context/recorder.js';
import { errorMessage, errorName, isError } from '../../../serialize/serializer.js';
import { BoundedMap } from '../bounded-map.js';
import { guarded, tracedRef } from '../traced-recorders.js';
import type { RunContexts } from './langchain-storage.js';
import { chainSpan, llmOutcome, modelSpan, retrieved, retrieverSpan, toolOutput, toolSpan } from './lc-runs.js';
import { shownValue } from './lc-messages.js';
import { Run } from './run.js';

/** Running runs at most, in all traces. The oldest is removed when there are more: LangChain never ends some of them. */
const MAX_RUNS = 10_000;

/** Reasons of LangChain and LangGraph for an end that the application asked for. */
const ABORTED = new Set<unknown>(['Abort', 'Aborted']);

type Given = unknown;

/**
 * The handler that LangChain calls for every run inside a trace. It has the members by which LangChain recognises
 * a handler, so no class of LangChain is needed.
 */
export class LangChainHandler implements RunContexts {
  readonly name = 'nestjs-trace-collector';
  /** LangChain calls other handlers from a queue of its own, later and outside the trace. */
  readonly awaitHandlers = true;
  readonly raiseError = false;
  readonly ignoreLLM = false;
  readonly ignoreChain = false;
  readonly ignoreAgent = false;
  readonly ignoreRetriever = false;
  readonly ignoreCustomEvent = true;
  private readonly runs = new BoundedMap<Run>(MAX_RUNS, (run) => run.end({ kind: 'cancelled' }));

  copy(): this {
    return this;
  }

  stop(): void {
    this.runs.clear();
  }

  inside(runId: string): ReturnType<RunContexts['inside']> {
    return this.runs.get(runId)?.contextAt(currentRef());
  }

  handleChainStart(
    chain: Given,
    input: Given,
    id: string,
    parent?: string,
    tags?: string[],
    metadata?: Given,
    runType?: string,
    name?: string,
  ): void {
    this.begin(id, parent, (around) => chainSpan({ chain, input, tags, metadata, runType, name, around }));
  }

  handleChainEnd(output: Given, id: string): void {
    this.end(id, () => ({ kind: 'ok', output: shownValue(output) }));
  }

  handleChainError(error: Given, id: string): void {
    this.fail(id, error);
  }

  handleChatModelStart(
    model: Given,
    messages: Given,
    id: string,
    parent?: string,
    extra?: Given,
    _tags?: string[],
    metadata?: Given,
    name?: string,
  ): void {
    this.begin(id, parent, () => modelSpan({ model, messages, extra, metadata, name }));
  }

  handleLLMStart(
    model: Given,
    prompts: Given,
    id: string,
    parent?: string,
    extra?: Given,
    _tags?: string[],
    metadata?: Given,
    name?: string,
  ): void {
    this.begin(id, parent, () => modelSpan({ model, prompts, extra, metadata, name }));
  }

  handleLLMNewToken(_token: Given, _index: Given, id: string): void {
    this.runs.get(id)?.token();
  }

  handleLLMEnd(output: Given, id: string): void {
    this.end(id, () => llmOutcome(output));
  }

  handleLLMError(error: Given, id: string): void {
    this.fail(id, error);
  }

  handleToolStart(
    tool: Given,
    input: Given,
    id: string,
    parent?: string,
    _tags?: string[],
    _metadata?: Given,
    name?: string,
  ): void {
    this.begin(id, parent, () => toolSpan({ tool, input, name }));
  }

  handleToolEnd(output: Given, id: string): void {
    this.end(id, () => ({ kind: 'ok', output: toolOutput(output) }));
  }

  handleToolError(error: Given, id: string): void {
    this.fail(id, error);
  }

  handleRetrieverStart(
    retriever: Given,
    query: Given,
    id: string,
    parent?: string,
    _tags?: string[],
    _metadata?: Given,
    name?: string,
  ): void {
    this.begin(id, parent, () => retrieverSpan({ retriever, query, name }));
  }

  handleRetrieverEnd(documents: Given, id: string): void {
    this.end(id, () => ({ kind: 'ok', output: retrieved(documents) }));
  }

  handleRetrieverError(error: Given, id: string): void {
    this.fail(id, error);
  }

  private begin(
    id: string,
    parentId: string | undefined,
    start: (around: Run['nearest']) => SpanStart | undefined,
  ): void {
    const parent = parentId === undefined ? undefined : this.runs.get(parentId);
    // Where the context was lost on the way, LangChain's own chain of runs leads to the trace.
    const outer = tracedRef() ?? parent?.ref;
    if (outer === undefined) return;
    guarded(outer, 'LangChain start', () =>
      this.runs.set(id, new Run(outer, parent, start(parent?.nearest), () => void this.runs.take(id))),
    );
  }

  private end(id: string, outcome: () => SpanOutcome): void {
    const run = this.runs.get(id);
    if (run === undefined) return;
    const ends = guarded(run.ref, 'LangChain output', outcome) ?? { kind: 'ok', output: NOTHING };
    guarded(run.ref, 'LangChain end', () => run.end(ends));
  }

  private fail(id: string, error: unknown): void {
    this.end(id, () => (isAborted(error) ? { kind: 'cancelled' } : { kind: 'error', error }));
  }
}

function isAborted(error: unknown): boolean {
  if (!isError(error)) return false;
  const name = errorName(error);
  return name === 'ModelAbortError' || (name === 'Error' && ABORTED.has(errorMessage(error)));
}
