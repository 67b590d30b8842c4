import { startSpan, traced, traceError, traceEvent, traceReply, traceUsage } from 'nestjs-trace-collector';

const MESSAGES = [
  { role: 'system', content: 'Be kind' },
  { role: 'user', content: 'hola ñ 👍 "quoted" \u0007' },
];
const answer = traced(
  async () => {
    traceUsage({ model: 'gpt-5', provider: 'openai', input: 812, output: 64, cacheRead: 12, reasoning: 3 });
    return { text: 'Buenas', tool_calls: [{ id: 'c1', name: 'pay', arguments: { amount: 9007199254740991 } }] };
  },
  { name: 'gpt-5', kind: 'llm', input: () => ({ model: 'gpt-5', messages: MESSAGES }) },
);
/** The model is named by its usage only. */
const transcribe = traced(async () => void traceUsage({ model: 'whisper-1', provider: 'openai', output: 7 }), {
  name: 'transcribe',
  kind: 'llm',
  input: () => ({ seconds: 12 }),
});
const pay = traced(
  async () => {
    throw new TypeError('no card', { cause: new Error('declined') });
  },
  { name: 'pay', kind: 'tool', input: () => ({ amount: -1.5, note: null }) },
);
const agent = traced(
  async () => {
    await answer();
    await transcribe();
    await pay().catch(() => undefined);
    traceEvent('thought', { deep: { list: [1, 2.5, true, null, 'ñ'] } });
    return { done: true };
  },
  { name: 'sofia', kind: 'agent' },
);

/** Each kind of step, an error in a step and one of the webhook, events, a call that is refused, attributes of each type. */
export async function work(url) {
  await agent();
  await fetch(`${url}/nowhere?token=secret`, { method: 'POST', body: '{"a":1}' }).then((response) => response.text());
  const search = startSpan('search', { type: 'retriever', input: { query: 'slots' } });
  search.set({ text: 'ñ', whole: 42, negative: -7, part: 0.25, yes: true });
  search.end([{ document: 'd1' }]);
  startSpan('left', {}).end();
  traceError('webhook', new RangeError('too late'), { day: 1 });
  traceReply('Buenas tardes', { channel: 'whatsapp', messageId: 'm-1' });
}
