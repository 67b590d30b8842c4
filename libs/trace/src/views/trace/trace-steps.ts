import { EVENT, readToolName } from '../../model/vocabulary.js';
import type { AssembledTrace } from './assemble.js';

/** A step as the baseline counts it: a span, or a tool call that a `tool_execution` event reported. */
export interface TraceStep {
  kind: string;
  name: string;
  /** Duration in milliseconds; `null`: it has not ended, or was not measured. */
  ms: number | null;
  spanId: string | null;
  parentId: string | null;
}

/** Characters of a name that the baseline keeps. */
const MAX_NAME = 200;

export function stepsOf({ events }: AssembledTrace): TraceStep[] {
  return events.flatMap(({ dto, span }): TraceStep[] => {
    if (span) {
      const { kind, name, ms, id, parent } = span;
      return [{ kind, name: name.slice(0, MAX_NAME), ms, spanId: id, parentId: parent }];
    }
    if (dto.type !== EVENT.tool) return [];
    const name = readToolName(dto.data)?.slice(0, MAX_NAME);
    return name ? [{ kind: 'tool', name, ms: dto.duration_ms, spanId: null, parentId: dto.span_id }] : [];
  });
}
