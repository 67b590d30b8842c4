import { hasFailed } from '../../../libs/trace/src/model/status.js';
import type { StreamMessage } from '../../../libs/trace/src/contract/responses.js';

/** Whether this message is the news of an error: the error itself, or the end of a trace that failed without one. */
export function tellsOfError(message: StreamMessage): boolean {
  switch (message.type) {
    case 'trace.started':
      return message.data.events_so_far.some(({ type }) => type === 'error');
    case 'trace.event':
      return message.data.event.type === 'error';
    case 'trace.ended':
      return hasFailed(message.data.status);
  }
}
