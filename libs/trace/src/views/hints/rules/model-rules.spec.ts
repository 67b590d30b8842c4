import { hintsOf } from '../../../../../../test/support/hints-of.js';
import { Story } from '../../../../../../test/support/story.js';
import { ALL_IS_WELL } from './closing-rules.js';

const story = (): Story => new Story().open().identify({ message: undefined }).response(202);
const answered = (output: unknown, more: (to: Story) => Story = (to) => to): Story =>
  more(story().span('a', 'llm', 'gpt-5-mini').spanEnd('a', 5, { output })).end();
const refused = (error: unknown): Story =>
  story().span('a', 'llm', 'gpt-5-mini').spanEnd('a', 5, { outcome: 'error', output: { error } }).end();
const asked = { finish_reason: 'tool_calls', tool_calls: [{ id: 'call_1', name: 'check_calendar', arguments: {} }] };
const NOT_RUN = '🧰 gpt-5-mini asked for the tool check_calendar; no run of it was recorded';

describe('hints about model calls', () => {
  it.each<[string, Story, string[]]>([
    ['an answer', answered({ text: 'hola', finish_reason: 'stop' }), [ALL_IS_WELL]],
    [
      'an answer that was cut',
      answered({ text: 'hola', finish_reason: 'max_tokens' }),
      ['📏 The answer of gpt-5-mini was cut at the limit of tokens (finish_reason max_tokens)'],
    ],
    [
      'an input that is too long, by its code',
      refused({ code: 'context_length_exceeded', message: 'Your input exceeds 8192' }),
      ['📏 The input is too long for gpt-5-mini: Your input exceeds 8192'],
    ],
    [
      'an input that is too long, by the words',
      refused({ type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' }),
      ['📏 The input is too long for gpt-5-mini: prompt is too long: 210000 tokens > 200000 maximum'],
    ],
    ['another refusal', refused({ code: 'bad_key', message: 'no' }), ['🌐 Failed model call: gpt-5-mini → bad_key no']],
    [
      'an empty answer',
      answered({ text: '', finish_reason: 'stop' }),
      ['🫥 gpt-5-mini answered with nothing (finish_reason stop)'],
    ],
    ['a refusal by the model is an answer', answered({ refusal: 'no', finish_reason: 'stop' }), [ALL_IS_WELL]],
    ['an output that names no reason', answered({ embeddings: 3 }), [ALL_IS_WELL]],
    ['a text as output', answered('hola'), [ALL_IS_WELL]],
    ['a tool that was not run', answered(asked), [NOT_RUN]],
    [
      'a tool that ran as a span',
      answered(asked, (to) => to.span('t', 'tool', 'CalendarTools.checkCalendar')),
      [ALL_IS_WELL],
    ],
    [
      'a tool that ran as an event',
      answered(asked, (to) => to.event('tool_execution', { name: 'check_calendar' })),
      [ALL_IS_WELL],
    ],
    [
      'a tool whose result was sent back',
      answered(asked, (to) =>
        to
          .span('b', 'llm', 'gpt-5-mini', {
            input: { messages: [{ role: 'tool', tool_call_id: 'call_1', content: 'free' }] },
          })
          .spanEnd('b', 5, { output: { text: 'ok', finish_reason: 'stop' } }),
      ),
      [ALL_IS_WELL],
    ],
    [
      'a result of another call',
      answered(asked, (to) =>
        to
          .span('b', 'llm', 'gpt-5-mini', { input: { messages: [{ role: 'tool', tool_call_id: 'call_2' }] } })
          .spanEnd('b', 5, { output: { text: 'ok', finish_reason: 'stop' } }),
      ),
      [NOT_RUN],
    ],
    [
      'a tool that ran before',
      story()
        .span('t', 'tool', 'check_calendar')
        .spanEnd('t', 1)
        .span('a', 'llm', 'gpt-5-mini')
        .spanEnd('a', 5, { output: asked })
        .end(),
      [NOT_RUN],
    ],
    [
      'the same call three times',
      [1, 2, 3]
        .reduce((to, n) => to.span(`t${n}`, 'tool', 'crm', { input: { id: 5 } }).spanEnd(`t${n}`, 1), story())
        .end(),
      ['♻️ The same call was made 3 times: tool crm, with the same input'],
    ],
    [
      'calls with different inputs',
      [1, 2, 3]
        .reduce((to, n) => to.span(`t${n}`, 'tool', 'crm', { input: { id: n } }).spanEnd(`t${n}`, 1), story())
        .end(),
      [ALL_IS_WELL],
    ],
    [
      'attempts that failed are retries',
      [1, 2, 3]
        .reduce(
          (to, n) =>
            to
              .span(`t${n}`, 'tool', 'crm', { input: { id: 5 } })
              .spanEnd(`t${n}`, 1, n < 3 ? { outcome: 'error' } : {}),
          story(),
        )
        .end(),
      [ALL_IS_WELL],
    ],
  ])('%s', (_what, given, expected) => expect(hintsOf(given)).toEqual(expected));

  it('says nothing about tools while the trace runs', () =>
    expect(hintsOf(story().span('a', 'llm', 'm').spanEnd('a', 5, { output: asked })).join()).not.toContain('🧰'));
});

describe('hints about log lines', () => {
  const log = (...lines: object[]): Story => lines.reduce<Story>((to, line) => to.event('log', line), story()).end();
  it.each<[string, Story, string[]]>([
    ['a warning', log({ level: 'warn', message: 'slow' }), [ALL_IS_WELL]],
    [
      'an error',
      log({ level: 'error', context: 'Crm', message: 'quota\nused up' }),
      ['📝 An error was logged: [Crm] quota used up'],
    ],
    [
      'errors with their objects',
      log(
        { level: 'error', message: 'sync failed', error: { type: 'TypeError', message: 'x is undefined' } },
        { level: 'fatal', message: 'y' },
      ),
      ['📝 2 errors were logged, first TypeError: sync failed: x is undefined'],
    ],
    [
      'a line about a recorded error',
      story().error('crm', 'down').event('log', { level: 'error', message: 'crm failed: down' }).end('error'),
      ['❌ Error in crm: down'],
    ],
  ])('%s', (_what, given, expected) => expect(hintsOf(given)).toEqual(expected));
});
