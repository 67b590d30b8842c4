import { Story } from '../../../../../test/support/story.js';
import { ZonedStamp } from '../../model/trace-id.js';
import { assemble } from './assemble.js';
import { defineEventTypes } from '../events/event-types.js';
import type { EventTypeDefinition } from '../events/event-type.js';
import { timeline } from './timeline.js';

function lines(story: Story, custom: Record<string, EventTypeDefinition> = {}, zone = 'UTC'): string[] {
  return timeline(assemble(story.stored()), defineEventTypes(custom), new ZonedStamp(zone));
}

const line = (story: Story, custom?: Record<string, EventTypeDefinition>): string | undefined =>
  lines(story, custom).at(-1)?.slice('[14:30:22] '.length);

const story = (): Story => new Story().open();

describe('timeline', () => {
  it.each<[string, Story, string]>([
    ['a message', story().identify({ message: 'hola' }), "📥 Received: 'hola'"],
    ['an empty message', story().identify({ message: '' }), "📥 Received: ''"],
    ['a message of several lines', story().identify({ message: 'a\r\n  b\n\nc\n' }), "📥 Received: 'a b c'"],
    ['no message', story().identify({ message: undefined }), '📥 Received: POST /webhook (generic)'],
    ['a cron job', new Story().open({}).identify({ message: undefined, type: 'cron' }), '📥 Received: cron'],
    ['a voice note', story().identify({ message: '[voice note]', media: 'voice' }), '📥 Received: [voice note]'],
    [
      'a voice note of which only the kind is recorded',
      story().identify({ message: undefined, media: 'voice' }),
      '📥 Received: [voice note]',
    ],
    [
      'a picture with its caption',
      story().identify({ message: '[image] my roof', media: 'image' }),
      '📥 Received: [image] my roof',
    ],
    ['brackets that the contact typed', story().identify({ message: '[x]', media: 'text' }), "📥 Received: '[x]'"],
    ['an edited message', story().identify({ message: 'hola', edited: true }), "📥 Received: 'hola' (edited)"],
    ['an edit as an event', story().event('message_edited', { message: 'hola' }), "✏️ Edited: 'hola'"],
    [
      'a message that the provider refused',
      story().event('message_failed', { message: 'x'.repeat(60), provider: 'twilio', status: 400, reason: 'no' }),
      `📵 Refused: '${'x'.repeat(50)}...' by twilio: 400 no`,
    ],
    [
      'a failed call',
      story()
        .span('h', 'http', 'POST graph.facebook.com', {
          attributes: {
            'http.request.method': 'POST',
            'server.address': 'graph.facebook.com',
            'url.template': '/v21.0/{id}/messages',
          },
        })
        .spanEnd('h', 3, {
          outcome: 'error',
          attributes: { 'http.response.status_code': 400 },
          output: { error: { code: '131047', message: 'Re-engagement message' } },
        }),
      '🌐 HTTP: POST graph.facebook.com/…/messages → 400 (131047 Re-engagement message)',
    ],
    ['a slow call', story().span('h', 'http', 'GET crm.example').spanEnd('h', 1_500), '🌐 HTTP: GET crm.example'],
    ['a model call', story().span('l', 'llm', 'gpt-5-mini').spanEnd('l', 5), '💬 LLM: gpt-5-mini'],
    ['a refusal without details', story().event('message_failed'), '📵 Refused'],
    [
      'control flow',
      story().event('control_flow', { type: 'GraphInterrupt', location: 'ask_human', message: 'm', reason: '' }),
      '⏸️ Control flow: GraphInterrupt in ask_human',
    ],
    [
      'control flow with its reason',
      story().event('control_flow', { type: 'DelayedError', location: 'Jobs.process', reason: 'a BullMQ signal' }),
      '⏸️ Control flow: DelayedError in Jobs.process: a BullMQ signal',
    ],
    [
      'a warning',
      story().event('log', { level: 'warn', context: 'Crm', message: 'slow\nanswer' }),
      '📝 warn [Crm] slow answer',
    ],
    ['an error log without a context', story().event('log', { level: 'error', message: 'x' }), '📝 error x'],
    [
      'an error with its reasons',
      story().error('Hooks.create', 'Bad Request Exception', { detail: { reasons: ['a must be b', 'c is d'] } }),
      '❌ ERROR: Hooks.create: Bad Request Exception; a must be b; c is d',
    ],
    ['a score', story().event('intelligence_analysis', { lead_score: 0 }), '🧠 Intelligence: score=0'],
    ['no score', story().event('intelligence_analysis', null), '🧠 Intelligence: score=?'],
    ['a route', story().event('agent_routing', { from: 'supervisor', to: 'ana' }), '🔀 Route: supervisor → ana'],
    ['half a route', story().event('agent_routing', { to: 'ana' }), '🔀 Route: ? → ana'],
    ['an agent', story().span('a', 'agent', 'sofia'), '🤖 Agent: sofia'],
    ['a tool', story().span('a', 'tool', 'calendar'), '🔧 Tool: calendar'],
    ['a tool event', story().event('tool_execution', { tool_name: 'crm' }), '🔧 Tool: crm'],
    ['an LLM', story().span('a', 'llm', 'haiku'), '💬 LLM: haiku'],
    ['an error', story().error('Sofia.reply', 'no\nway'), '❌ ERROR: Sofia.reply: no way'],
    ['a refusal', story().response(401, 3), '🚫 Rejected: HTTP 401 after 3 ms'],
    ['a failed answer', story().response(500, 3), '❌ Failed: HTTP 500 after 3 ms'],
    ['a custom event', story().event('my_event', { x: 1 }), '📌 my_event'],
    ['a custom event called like a kind of span', story().event('tool', { x: 1 }), '📌 tool'],
    ['a custom event called like a property', story().event('__proto__'), '📌 __proto__'],
    ['hostile text', story().event('x\u001b[2J\u202E\u0085y'), '📌 x␛[2J<U+202E> y'],
  ])('has a line for %s', (_what, given, expected) => expect(line(given)).toBe(expected));

  it.each<[string, string, string]>([
    ['50 characters', 'x'.repeat(50), `'${'x'.repeat(50)}'`],
    ['51 characters', 'x'.repeat(51), `'${'x'.repeat(50)}...'`],
    ['emoji', '👩‍👩‍👧'.repeat(51), `'${'👩‍👩‍👧'.repeat(50)}...'`],
    ['50 emoji', '🙂'.repeat(50), `'${'🙂'.repeat(50)}'`],
    ['the reply’s own dots', '¡Perfecto! Tengo estos horarios...', "'¡Perfecto! Tengo estos horarios...'"],
    ['a quote', "it's", "'it's'"],
  ])('shows the first 50 characters of the reply: %s', (_what, message, expected) =>
    expect(line(story().event('message_sent', { message }))).toBe(`📤 Sent: ${expected}`),
  );

  it('bounds a letter with any number of marks', () => {
    expect(line(story().event('message_sent', { message: `a${'\u0301'.repeat(100_000)}` }))!.length).toBeLessThan(900);
  });

  it.each(['debug', 'log', 'info', 'verbose', 'trace'])('leaves out a log of level %s', (level) =>
    expect(lines(story().event('log', { level, message: 'x' }))).toEqual([]),
  );

  it('calls `timeline` of an application’s own type, and shows the line if it throws', () => {
    const paid = { timeline: (event: { data: unknown }) => (event.data as { sum: number }).sum > 3 };
    expect(lines(story().event('paid', { sum: 2 }).event('paid', { sum: 5 }).event('paid'), { paid })).toHaveLength(2);
  });

  it('leaves out acknowledgements and other spans', () => {
    const quiet = story().response(202).span('a', 'step', 'Step.one').span('b', 'retriever', 'docs');
    expect(lines(quiet)).toEqual([]);
    expect(lines(quiet, { 'span:step': { timeline: true } })).toEqual(['[14:30:22] ▫️ Step: Step.one']);
  });

  it.each<[EventTypeDefinition, string]>([
    [{ icon: '💰', label: 'Paid' }, '💰 Paid'],
    [{ label: 'Paid' }, '📌 Paid'],
    [{ line: (event) => `💰 ${(event.data as { sum: number }).sum} €` }, '💰 5 €'],
    [{ icon: '💰', line: () => 'Paid\ntwice' }, '💰 Paid twice'],
    [{ label: 'Paid', line: () => JSON.parse('{') as string }, '📌 Paid'],
  ])('shows an application’s own type with its own text: %j', (definition, expected) =>
    expect(line(story().event('paid', { sum: 5 }), { paid: definition })).toBe(expected),
  );

  it('hides an application’s own type with `timeline: false`', () => {
    expect(lines(story().event('paid'), { paid: { timeline: false } })).toEqual([]);
  });

  it('formats times in the given zone', () => {
    expect(lines(story().event('x'), {}, 'America/Bogota')).toEqual(['[09:30:22] 📌 x']);
  });
});
