import { Story } from '../../../../../test/support/story.js';
import { assemble } from './assemble.js';
import type { SummaryDto } from '../../contract/responses.js';
import { defineEventTypes } from '../events/event-types.js';
import type { EventTypeDefinition } from '../events/event-type.js';
import { summarize } from './summary.js';

const story = (): Story => new Story().open();
const summaryOf = (given: Story, custom: Record<string, EventTypeDefinition> = {}): SummaryDto =>
  summarize(assemble(given.stored()), defineEventTypes(custom));
const llm = (output: unknown): Story => story().span('l', 'llm', 'model').spanEnd('l', 9, { output });

const nested = (inner: unknown): Story =>
  story()
    .span('o', 'llm', 'chain')
    .span('n', 'step', 'step', { parent: 'o' })
    .span('i', 'llm', 'model', { parent: 'n' })
    .spanEnd('i', 5, { output: inner })
    .spanEnd('o', 9, { output: { usage: { total_tokens: 50 } } });

describe('summarize', () => {
  it.each<[string, Story, Partial<SummaryDto>]>([
    ['nothing', story(), {}],
    [
      'the last analysis',
      story()
        .event('intelligence_analysis', { lead_score: 2, suggested_agent: 'maria' })
        .event('intelligence_analysis', { lead_score: '0', suggested_agent: 7 }),
      { lead_score: 0, suggested_agent: 'maria' },
    ],
    [
      'every hop',
      story().event('agent_routing', { from: 'a', to: 'b' }).event('agent_routing', { from: 'b', to: 'c' }),
      { routing_path: ['a → b', 'b → c'] },
    ],
    [
      'the last reply, its first 100 characters unchanged',
      story()
        .event('message_sent', { message: 'one' })
        .event('message_sent', { message: `two\n${'x'.repeat(200)}` }),
      { message_sent: true, response_preview: `two\n${'x'.repeat(96)}` },
    ],
    ['a reply without text', story().event('message_sent'), { message_sent: true }],
    [
      'tools in the order they were first used',
      story().span('a', 'tool', 'x').event('tool_execution', { name: 'y' }).span('b', 'tool', 'x'),
      { tools: ['x', 'y'] },
    ],
    [
      'the loaded data',
      story().event('conversation_loaded', { count: 12, previous_score: 6 }),
      { messages_loaded: 12, previous_score: 6 },
    ],
    ['the loaded data, as a list', story().event('history_loaded', { messages: [1, 2] }), { messages_loaded: 2 }],
    ['the loaded data of any event', story().event('crm', { messages_loaded: 3 }), { messages_loaded: 3 }],
    ['a count of something else', story().event('crm', { count: 3 }), {}],
  ])('has %s', (_what, given, expected) => expect(summaryOf(given)).toEqual({ message_sent: false, ...expected }));

  it.each<[string, unknown, SummaryDto['llm']]>([
    ['no usage', 'text', { calls: 1 }],
    [
      'prompt and completion',
      { usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } },
      { calls: 1, input_tokens: 5, output_tokens: 2, total_tokens: 7 },
    ],
    [
      'input and output',
      { content: [], usage: { input_tokens: 5, output_tokens: 2 } },
      { calls: 1, input_tokens: 5, output_tokens: 2, total_tokens: 7 },
    ],
    [
      'usage metadata',
      { usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 4 } },
      { calls: 1, input_tokens: 1, output_tokens: 2, total_tokens: 3 },
    ],
    [
      'camel case, deep',
      { raw: [{ response_metadata: { tokenUsage: { promptTokens: 3 } } }] },
      { calls: 1, input_tokens: 3 },
    ],
    [
      'candidates',
      { usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 6, totalTokenCount: 10 } },
      { calls: 1, input_tokens: 4, output_tokens: 6, total_tokens: 10 },
    ],
    ['hidden numbers', { usage: { input_tokens: '[number]' } }, { calls: 1 }],
  ])('counts tokens in the form of %s', (_what, output, expected) =>
    expect(summaryOf(llm(output)).llm).toEqual(expected),
  );

  it('prefers the tokens that the last parts of a stream counted', () => {
    const usage = { input: 12, output: 5, cache_read: 3 };
    const streamed = story()
      .span('a', 'llm', 'ask')
      .spanEnd('a', 9, { output: { parts: 3, text: 'hola' }, usage })
      .span('b', 'llm', 'ask')
      .spanEnd('b', 9, { output: { usage: { total_tokens: 3 } }, usage: {} });
    expect(summaryOf(streamed).llm).toEqual({ calls: 2, input_tokens: 12, output_tokens: 5, total_tokens: 20 });
  });

  it('counts a call inside another once, and uses the outer tokens only if the inner call has none', () => {
    expect(summaryOf(nested({ usage: { total_tokens: 20 } })).llm).toEqual({ calls: 1, total_tokens: 20 });
    expect(summaryOf(nested('text')).llm).toEqual({ calls: 1, total_tokens: 50 });
  });

  it('has keys of an application’s own type, but none of one that throws', () => {
    const given = story().event('paid', { sum: 5 }).event('odd').event('message_sent', { message: 'x' });
    expect(
      summaryOf(given, {
        paid: { summary: (summary, data) => void (summary.paid = data.sum) },
        odd: { summary: (_summary, data) => void (data.deep as { x: number }).x },
      }),
    ).toEqual({ message_sent: true, response_preview: 'x', paid: 5 });
  });
});
