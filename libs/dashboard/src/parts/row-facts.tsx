import { byteSize } from '../format/bytes.js';
import { duration } from '../format/time.js';
import { callCost, tokenWords } from '../format/usage.js';
import { oneLine } from '../format/visible.js';
import { modelFacts, statusWords } from '../model/call-facts.js';
import type { LogEntry } from '../model/trace-log.js';

/** The numbers of a step on its row: of a model call tokens, cost and time to first token; of a call status and size. */
export function RowFacts({ entry }: { entry: LogEntry }) {
  const { event, kind, call } = entry;
  const { usage } = event;
  const parts: string[] = [];
  if (usage) parts.push(tokenWords(usage), callCost(usage));
  if (kind === 'llm') {
    const { firstToken } = modelFacts(event);
    if (firstToken !== undefined) parts.push(`first token ${duration(firstToken)}`);
  }
  if (kind === 'http' && call?.responseBytes !== undefined) parts.push(byteSize(call.responseBytes));
  const status = call && (kind === 'http' || isBad(call.status, call.error)) ? statusWords(call) : '';
  const words = parts.filter(Boolean).join(' · ');
  if (words === '' && status === '') return null;
  return (
    <span class="step-facts">
      {status !== '' && (
        <span class={isBad(call?.status, call?.error) ? 'http-status http-bad' : 'http-status'}>
          {oneLine(status, 60)}
        </span>
      )}
      {status !== '' && words !== '' && ' · '}
      {words}
    </span>
  );
}

function isBad(status: number | undefined, error: string | undefined): boolean {
  return status === undefined ? error !== undefined : status >= 400;
}
