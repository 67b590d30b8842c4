import type { TraceStatus } from '../model/status.js';
import type { TraceListItem } from '../contract/responses.js';

/** Which trace to wait for. Every one given must hold. */
export interface AwaitedTrace {
  contactId?: string;
  /** Default: any but `active`, that is, until the trace has ended. */
  status?: TraceStatus;
  /** The id in the response's `x-trace-id` header: exact where a contact has several. */
  traceId?: string;
}

const SHOWN = 10;

/** The error of `waitFor`: what was awaited, and which traces there are. */
export function noSuchTrace(awaited: AwaitedTrace, timeoutMs: number, traces: readonly TraceListItem[]): Error {
  const { contactId, status, traceId } = awaited;
  const wanted = [
    traceId === undefined ? 'No trace' : `No trace ${traceId}`,
    ...(contactId === undefined ? [] : [`of contact ${JSON.stringify(contactId)}`]),
    status === undefined ? 'ended' : `became "${status}"`,
    `within ${timeoutMs} ms.`,
  ].join(' ');
  return new Error(`${wanted}\n${whatThereWas(traces)}`);
}

function whatThereWas(traces: readonly TraceListItem[]): string {
  if (traces.length === 0)
    return 'There were no traces at all: did the request reach a webhook route, and is TraceModule imported?';
  const more = traces.length > SHOWN ? [`  and ${traces.length - SHOWN} more`] : [];
  return ['There were, newest first:', ...traces.slice(0, SHOWN).map(line), ...more].join('\n');
}

function line({ trace_id, contact_id, status, message, errors, events }: TraceListItem): string {
  const counts = [`${events} events`, ...(errors > 0 ? [`${errors} errors`] : [])].join(', ');
  return `  ${status}  ${trace_id}  contact ${JSON.stringify(contact_id)}, ${counts}, message ${JSON.stringify(message)}`;
}
