import { ATTRIBUTE, type AttributeValue } from '../../model/attributes.js';
import type { Micros, RecordDraft, SpanId, TraceKey } from '../../model/record.js';
import type { UsageSums } from '../../model/trace.js';
import type { UsageFields } from '../../model/usage.js';
import { emptySums } from '../../model/usage-sums.js';
import { EVENT } from '../../model/vocabulary.js';

/** Host of the model calls that `modelCall` makes. */
export const MODEL_HOST = 'api.example.com';

export function spanOf(n: number): SpanId {
  return n.toString(16).padStart(16, '0');
}

/** Records of one model call of 5 ms. The cost is the provider's report: no store needs prices for it. */
export function modelCall(
  trace: TraceKey,
  n: number,
  usage: UsageFields,
  ts: Micros,
  outcome?: 'error',
): [RecordDraft, RecordDraft] {
  const attributes = { [ATTRIBUTE.host]: MODEL_HOST, ...(usage.model && { [ATTRIBUTE.model]: usage.model }) };
  return [
    { kind: 'span', trace, span: spanOf(n), name: usage.model ?? 'model', type: 'llm', attributes, ts },
    { kind: 'span_end', trace, span: spanOf(n), ms: 5, usage, ...(outcome && { outcome }), ts },
  ];
}

export function tagged(trace: TraceKey, key: string, value: AttributeValue, ts: Micros): RecordDraft {
  return { kind: 'event', trace, type: EVENT.tag, facts: { tag: { key, value } }, ts };
}

export function logged(trace: TraceKey, level: string, ts: Micros): RecordDraft {
  return { kind: 'event', trace, type: EVENT.log, facts: { level }, ts };
}

/** Sums of which all others are 0. */
export function sumsOf(sums: Partial<UsageSums>): UsageSums {
  return { ...emptySums(), ...sums };
}
