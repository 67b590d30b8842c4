import type { SpanId } from '../../model/record.js';
import type { SpanType } from '../../model/status.js';
import { hasCounts, type UsageFields } from '../../model/usage.js';

/** A span that is open, as the spans inside it see it. */
export interface OpenSpanInfo {
  readonly id: SpanId;
  /** The span around it; `undefined`: the trace's root. */
  readonly parent: SpanId | undefined;
  type: SpanType;
  name: string;
  /** Its type is known at its end. Until then it may be a model call. */
  undecided?: true;
  /** The nearest `llm` span around it that is open, or one that may be. */
  readonly llm: OpenSpanInfo | undefined;
  /** Name of the nearest agent span: its own, or one around it. */
  readonly agent: string | undefined;
  /** Model that an `llm` span asks for, as far as it is known. */
  model?: string;
  /** Provider of that model, as far as it is known. */
  provider?: string;
  /**
   * Only on the span of a library's model call: whether the call at the wire that belongs to it is still to come. Calls
   * inside the span belong to it also afterwards, such as a retry.
   */
  awaitsCall?: boolean;
  /** Tokens that the application or a call at the wire reported for this span. */
  reported?: UsageFields;
  /** When the first part of the answer arrived at the wire, in milliseconds of the monotonic clock. */
  firstToken?: number;
  /** An `llm` span inside it has ended. */
  innerCalls: boolean;
  /** An `llm` span inside it has ended with token counts. */
  innerCounts: boolean;
}

/** Open spans in the list. More of them are in a map. */
const FEW = 16;
/** Spans inside one another that are looked at. */
const MAX_DEPTH = 1_000;

/**
 * The open spans of one trace, by id. A trace has few of them at a time, the newest of which is asked for and closed: a
 * list finds it at once, and a map makes a new table each time it becomes empty.
 */
export class OpenSpans {
  /** In the order in which they were opened. Made with the first span: 10,000 running traces may have none. */
  private few: OpenSpanInfo[] | undefined;
  /** All of them, from the time they are more than `FEW` until none is left. */
  private many: Map<SpanId, OpenSpanInfo> | undefined;

  get(id: SpanId | undefined): OpenSpanInfo | undefined {
    if (id === undefined) return undefined;
    if (this.many !== undefined) return this.many.get(id);
    const place = this.placeOf(id);
    return place < 0 ? undefined : this.few![place];
  }

  /** Whether the open span `id` is inside the span `outer`. */
  isInside(id: SpanId | undefined, outer: SpanId): boolean {
    let at = this.get(id)?.parent;
    // A foreign tracer may give any parent: a ring must end.
    for (let steps = 0; at !== undefined && steps < MAX_DEPTH; steps += 1) {
      if (at === outer) return true;
      at = this.get(at)?.parent;
    }
    return false;
  }

  /** The `llm` span around work in the span `id`, which may be that span itself. */
  llmAround(id: SpanId | undefined): OpenSpanInfo | undefined {
    const span = this.get(id);
    return span?.type === 'llm' ? span : span?.llm;
  }

  open(id: SpanId, parent: SpanId | undefined, type: SpanType, name: string, model?: string): OpenSpanInfo {
    const around = this.get(parent);
    const info: OpenSpanInfo = {
      id,
      parent,
      type,
      name,
      llm: around?.type === 'llm' || around?.undecided ? around : around?.llm,
      agent: type === 'agent' ? name : around?.agent,
      model,
      innerCalls: false,
      innerCounts: false,
    };
    if (this.many !== undefined) this.many.set(id, info);
    else if ((this.few ??= []).push(info) > FEW) {
      this.many = new Map(this.few.map((each) => [each.id, each]));
      this.few = undefined;
    }
    return info;
  }

  close(id: SpanId): void {
    if (this.many !== undefined) {
      this.many.delete(id);
      if (this.many.size === 0) this.many = undefined;
      return;
    }
    const place = this.placeOf(id);
    if (place < 0) return;
    if (place === this.few!.length - 1) this.few!.pop();
    else this.few!.splice(place, 1);
  }

  [Symbol.iterator](): Iterator<OpenSpanInfo> {
    return (this.many?.values() ?? this.few ?? [])[Symbol.iterator]();
  }

  /** Its place in the list, -1 where it is not there. */
  private placeOf(id: SpanId): number {
    const { few } = this;
    let place = few === undefined ? -1 : few.length - 1;
    while (place >= 0 && few![place]!.id !== id) place -= 1;
    return place;
  }
}

/**
 * The usage that the end of a span records. A span around model calls with token counts records none, so that each call
 * counts once: at the innermost `llm` span that has counts.
 *
 * @param own counts of the span itself
 */
export function usageAtEnd(span: OpenSpanInfo, own: UsageFields | undefined): UsageFields | undefined {
  if (span.type !== 'llm') {
    // It was undecided: what is inside belongs to the model call around it.
    if (span.llm && span.innerCalls) {
      span.llm.innerCalls = true;
      span.llm.innerCounts ||= span.innerCounts;
    }
    return own && (span.agent === undefined ? own : { ...own, agent: span.agent });
  }
  const counted = hasCounts(own);
  if (span.llm) {
    span.llm.innerCalls = true;
    span.llm.innerCounts ||= counted || span.innerCounts;
  }
  if (span.innerCounts || (span.innerCalls && !counted)) return undefined;
  const usage: UsageFields = {};
  if (span.provider !== undefined) usage.provider = span.provider;
  if (span.model !== undefined) usage.model = span.model;
  Object.assign(usage, own);
  if (span.innerCalls) usage.calls = 0;
  if (span.agent !== undefined) usage.agent = span.agent;
  return usage;
}
