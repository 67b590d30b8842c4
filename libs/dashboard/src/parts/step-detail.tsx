import { useErrorBoundary, useState } from 'preact/hooks';
import { LargeValue } from '../model/large-value.js';
import { record } from '../model/trace-log.js';
import type { LogEntry } from '../model/trace-log.js';
import { readChat } from '../../../trace/src/model/chat.js';
import { CallDetail } from './call-detail.js';
import { ChatDetail } from './chat-detail.js';
import { LogDetail } from './log-detail.js';
import { ValueTree } from './value-tree.js';

/**
 * The recorded data of a step in the form that its kind is read in: a model call as a chat, a call as request and response,
 * a log line as text. The JSON is one click away.
 */
export function StepDetail({ entry }: { entry: LogEntry }) {
  const [raw, setRaw] = useState(false);
  // Captured data of an unforeseen shape must not end the page: its JSON can always be shown.
  const [broken] = useErrorBoundary();
  const { data } = entry.event;
  if (
    data === null ||
    (typeof data === 'object' && Object.keys(record(data)).length === 0 && !(data instanceof LargeValue))
  ) {
    return <p class="muted">Nothing else was recorded.</p>;
  }
  const read = broken === undefined ? readable(entry) : undefined;
  if (read === undefined) return <ValueTree value={data} path={['data']} open={3} />;
  return (
    <>
      {raw ? <ValueTree value={data} path={['data']} open={3} /> : read}
      <p class="detail-actions">
        <button type="button" aria-pressed={raw} onClick={() => setRaw(!raw)}>
          Raw JSON
        </button>
      </p>
    </>
  );
}

/** `undefined`: the step has no form of its own. */
function readable({ event, kind, source }: LogEntry) {
  const data = record(event.data);
  const { input, output } = data;
  if (kind === 'llm') {
    // What is not loaded has a stub; the other half is shown already.
    const [asked, answered] = [input, output].map((side) => (side instanceof LargeValue ? side : undefined));
    const chat = readChat({ data: { ...data, input: asked ? {} : input, output: answered ? undefined : output } });
    if (chat || asked || answered) return <ChatDetail event={event} chat={chat} asked={asked} answered={answered} />;
    return undefined;
  }
  if (kind === 'http' && (typeof record(input).method === 'string' || 'status' in record(output))) {
    return <CallDetail input={record(input)} output={record(output)} />;
  }
  if (kind === 'log') return <LogDetail line={data} source={source} />;
  return undefined;
}
