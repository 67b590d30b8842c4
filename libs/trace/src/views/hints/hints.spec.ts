import { hintsOf, NOTHING } from '../../../../../test/support/hints-of.js';
import { guideStory, Story } from '../../../../../test/support/story.js';
import type { HintContext } from './hints.js';
import type { StoredTrace } from '../../model/trace.js';

const story = (): Story => new Story().open().identify().response(202);
const route = (given: Story, ...agents: string[]): Story => {
  agents.slice(1).forEach((to, index) => given.event('agent_routing', { from: agents[index], to }));
  return given.event('message_sent', { message: 'x' }).end();
};
const interrupted = (given: Story): StoredTrace => {
  const stored = given.stored();
  return { ...stored, head: { ...stored.head, status: 'interrupted' } };
};
const ok = ['✅ Workflow completed successfully'];

const broken = (): never => {
  throw new Error('no');
};

describe('the hints of a trace', () => {
  it.each<[string, Story | StoredTrace, string[]]>([
    ['the guide’s example', guideStory(), ok],
    ['a webhook without a trace inside', story().end(), NOTHING],
    [
      'a webhook without a message',
      new Story().open().identify({ message: undefined }).span('a', 'agent', 'x').spanEnd('a', 1).end(),
      ok,
    ],
    [
      'an echo of what was sent',
      new Story().open().identify({ direction: 'outbound' }).event('intelligence_analysis', {}).end(),
      ok,
    ],
    ['a repeated choice', route(route(story(), 'supervisor', 'maria'), 'supervisor', 'carlos'), ok],
    ['a loop', route(story(), 'supervisor', 'maria', 'carlos', 'maria'), ['🔁 Routing loop: maria → carlos → maria']],
    ['a loop of one', route(story(), 'maria', 'maria'), ['🔁 Routing loop: maria → maria']],
    [
      'a way back',
      route(story(), 'supervisor', 'maria', 'supervisor'),
      ['🔁 Routing loop: supervisor → maria → supervisor'],
    ],
    [
      'the same choice again',
      route(route(story(), 'supervisor', 'maria'), 'supervisor', 'maria'),
      ['🔁 Routing loop: supervisor → maria → supervisor → maria'],
    ],
    [
      'lead score 0',
      story().event('intelligence_analysis', { lead_score: 0 }).event('message_sent').end(),
      ['📉 Lead score is 0: the analysis found no interest, or no data'],
    ],
    ['no reply', story().span('a', 'agent', 'x').spanEnd('a', 1).end(), ['📭 No reply was recorded']],
    [
      'silence',
      story().span('a', 'agent', 'x').spanEnd('a', 1).end('silent'),
      ['🔇 Silent: no error and no reply was recorded in time'],
    ],
    ['a refusal', new Story().open().identify().response(401).end('error'), ['🚫 Refused: HTTP 401']],
    [
      'a client that ran out of patience',
      new Story().open().identify().response(499, 10_000, { aborted: true }).end('cancelled'),
      ['🔌 The client went away after 10.0 s, before the answer was out'],
    ],
    [
      'a handler that was cut off with it',
      new Story()
        .open()
        .identify({ handler: 'Hooks.receive' })
        .event('handler_cancelled', { handler: 'Hooks.receive' })
        .response(499, 120, { aborted: true })
        .end('cancelled'),
      ['🔌 The client went away after 120 ms, before the answer was out; Hooks.receive was cut off'],
    ],
    [
      'an event stream that its reader closed',
      new Story().open().identify().event('sse_closed', { messages: 3 }).response(200, 120, { aborted: true }).end(),
      NOTHING,
    ],
    [
      'a response that this side cut',
      new Story()
        .open()
        .response(200, 5, { aborted: true })
        .error('POST /webhook', 'half', { type: 'AnswerCut' })
        .end('error'),
      ['❌ AnswerCut in POST /webhook: half'],
    ],
    [
      'an exception that nothing caught',
      story().event('uncaught_exception').error('uncaughtException', 'no').end('error'),
      ['❌ Error in uncaughtException: no', '💣 An exception that nothing caught reached the process'],
    ],
    ['an error end without an error record', story().end('error'), ['❌ Ended as an error, but no error was recorded']],
    [
      'a slow step',
      story()
        .span('a', 'step', 'outer')
        .at(100)
        .span('b', 'tool', 'crm', { parent: 'a' })
        .at(6100)
        .spanEnd('b', 6000)
        .at(6200)
        .spanEnd('a', 6200)
        .end(),
      ['🐢 Slow: 6.2 s, of which crm took 6.0 s'],
    ],
    [
      'a slow wait',
      story().event('queued').at(7000).event('taken').end(),
      ['🐢 Slow: 7.0 s; nothing happened for 7.0 s after 📌 queued'],
    ],
    [
      'late events',
      story().end().event('crm', {}, { late: true }).event('x', {}, { late: true }),
      ["🕓 2 late events after the trace's end, first 📌 crm: some work was not awaited"],
    ],
    [
      'dropped data',
      story().end('completed', { dropped: 3 }),
      ['🧹 Dropped data: 3 events over the limit of events per trace were not kept', ...NOTHING],
    ],
    [
      'a timeout',
      story().span('a', 'tool', 'crm').at(6000).end('timeout'),
      ['⏰ Timed out: tool crm was still open after 6.0 s'],
    ],
    [
      'a timeout whose work ended later',
      story().span('a', 'tool', 'crm').at(6000).end('timeout').at(7000).spanEnd('a', 7000, { late: true }),
      ['⏰ Timed out: tool crm was still open after 6.0 s'],
    ],
    [
      'an interruption',
      interrupted(story().event('queued')),
      ['💥 Interrupted: the process died; the last thing it did was 📌 queued'],
    ],
    [
      'an interruption of a step',
      interrupted(story().span('a', 'tool', 'crm')),
      ['💥 Interrupted: the process died, while tool crm was running; the last thing it did was 🔧 Tool: crm'],
    ],
    [
      'a shutdown',
      story().event('queued').end('interrupted'),
      ['💥 Interrupted: the process was shut down; the last thing it did was 📌 queued'],
    ],
    [
      'a death that another process found',
      story().event('queued').at(1).end('interrupted', { by: 2 }),
      ['💥 Interrupted: the process died; the last thing it did was 📌 queued'],
    ],
    [
      'a client that left a handler which went on',
      new Story()
        .open()
        .identify({ handler: 'Hooks.receive' })
        .response(499, 120, { aborted: true })
        .at(200)
        .event('saved')
        .end('cancelled'),
      ['🔌 The client went away after 120 ms, before the answer was out; Hooks.receive went on'],
    ],
    [
      'a reader that left an event stream',
      new Story().open().identify().event('sse_closed').response(200, 120, { aborted: true }).end('cancelled'),
      ['🔌 The client went away after 120 ms, before the answer was out'],
    ],
    [
      'a cancelled trace whose response was lost',
      new Story().open().identify().end('cancelled'),
      ['🔌 The client went away, before the answer was out'],
    ],
    [
      'a message that the provider refused',
      story()
        .event('message_failed', { text: 'Hola', provider: 'whatsapp', status: 400, code: 131047, reason: 'too late' })
        .end(),
      ["📵 The reply was refused: whatsapp 400 131047 too late ('Hola')"],
    ],
    ['control flow', story().event('control_flow', { type: 'GraphInterrupt', location: 'ask_human' }).end(), NOTHING],
    ['work going on', story().at(5000).span('a', 'tool', 'crm'), ['⏳ Still running: tool crm, open for 4.0 s']],
    ['work going on between steps', story().event('queued'), ['⏳ Still running: the last thing it did was 📌 queued']],
  ])('for %s', (_what, given, expected) => expect(hintsOf(given)).toEqual(expected));

  it('names the first trace of a redelivered message', () => {
    const again = story().identify({ message_id: 'm1' }).event('message_sent').end();
    expect(hintsOf(again, { duplicateOf: 'old' })).toEqual([
      '📨 Redelivered webhook: the same message first came in old',
    ]);
  });

  it.each<[boolean | undefined, string]>([
    [undefined, '📭 No reply was recorded'],
    [true, '📭 No reply was recorded'],
    [false, "📭 No reply was recorded; record replies with traceReply(), or @TraceWebhook({ reply: 'response' })"],
  ])('shows how to record replies where the store never had one: %s', (repliesSeen, expected) =>
    expect(hintsOf(story().span('a', 'llm', 'x').spanEnd('a', 1).end(), { repliesSeen })).toEqual([expected]),
  );

  it('keeps every hint on one line, free of controls', () => {
    const hints = hintsOf(story().error('a\nb', 'x\u001b[31m\ny').end('error'));
    expect(hints).toEqual(['❌ Error in a b: x␛[31m y']);
  });

  it('runs an application’s rules too, and reports those that throw', () => {
    const custom: HintContext['custom'] = [
      ({ summary }) => summary.lead_score === 8 && '🔥 Hot lead',
      () => ['1️⃣ one', '2️⃣ two'],
      () => undefined,
      broken,
    ];
    expect(hintsOf(guideStory(), { custom })).toEqual([
      '🔥 Hot lead',
      '1️⃣ one',
      '2️⃣ two',
      '⚠️ A hint rule (broken) failed: Error: no',
    ]);
    expect(hintsOf(guideStory(), { custom: [() => null] })).toEqual(ok);
  });

  it('finishes quickly for a trace of 10,000 steps', () => {
    const given = story();
    for (let index = 0; index < 10_000; index += 1) {
      given.at(index).span(`s${index}`, 'step', 'step', { parent: `s${index - 1}` });
    }
    const started = performance.now();
    hintsOf(given.at(10_000).end('timeout'));
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
