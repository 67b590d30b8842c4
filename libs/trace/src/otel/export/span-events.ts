import type { ErrorFields, EventFields, Micros } from '../../model/record.js';
import { EVENT, factsIn } from '../../model/vocabulary.js';
import type { OtelAttributes, OtelEvent, OtelValue } from '../otel-span.js';
import type { OtlpContent } from './content.js';
import { jsonText } from './json-text.js';
import { usageAttributes } from './usage-attributes.js';

/** An error as the journal has it. */
export type ErrorRecord = ErrorFields<unknown> & { ts: Micros };

/**
 * An error as an event of its span.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/
 */
export function exceptionOf(error: ErrorRecord, content: OtlpContent): OtelEvent {
  const { type, message, stack, location, fingerprint, guard, cause, context, detail } = error;
  const attributes: Record<string, OtelValue> = {
    'exception.type': type,
    'trace.error.location': location,
    'trace.error.fingerprint': fingerprint,
  };
  if (guard !== undefined) attributes['trace.error.guard'] = guard;
  if (content === 'full') {
    attributes['exception.message'] = message;
    if (stack !== undefined) attributes['exception.stacktrace'] = stack;
    for (const [name, value] of Object.entries({ cause, context, detail })) {
      if (value !== undefined) attributes[`trace.error.${name}`] = jsonText(value);
    }
  }
  return { name: 'exception', at: error.ts, attributes };
}

/** Any other event under its own name. */
export function eventOf(event: EventFields<unknown> & { ts: Micros }, content: OtlpContent): OtelEvent {
  const { from, to, tool, messageId, level, usage } = factsIn(event);
  const attributes: Record<string, OtelValue> = {
    ...present({ 'trace.agent.from': from, 'trace.agent.to': to, 'trace.log.level': level }),
    ...present({ 'gen_ai.tool.name': tool, 'messaging.message.id': messageId }),
    ...(usage && usageAttributes(usage)),
  };
  if (event.ms !== undefined) attributes['trace.duration_ms'] = event.ms;
  if (event.late) attributes['trace.late'] = true;
  if (content === 'full' && event.data !== undefined) attributes['trace.data'] = jsonText(event.data);
  return { name: event.type === '' ? EVENT.log : event.type, at: event.ts, attributes };
}

function present(given: Readonly<Record<string, string | undefined>>): OtelAttributes {
  return Object.fromEntries(Object.entries(given).filter((pair): pair is [string, string] => pair[1] !== undefined));
}
