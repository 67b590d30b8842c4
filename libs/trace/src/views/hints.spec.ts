import { guideStory, GUIDE_START, Story } from '../../../../test/support/story.js';
import { assemble } from './assemble.js';
import { defineEventTypes } from './event-types.js';
import { debugHints } from './hints.js';
import type { HintContext } from './hints.js';
import { summarize } from './summary.js';
import type { StoredTrace } from '../model/trace.js';

const types = defineEventTypes();

function hintsOf(given: Story | StoredTrace, context: Partial<HintContext> = {}): string[] {
  const trace = assemble(given instanceof Story ? given.stored() : given);
  const summary = summarize(trace, types);
  const now = GUIDE_START + 9_000_000;
  return debugHints(trace, { summary, types, duplicateOf: null, now, slowMs: 5_000, custom: [], ...context });
}

const story = (): Story => new Story().open().identify().response(202);
const route = (given: Story, ...agents: string[]): Story => {
  agents.slice(1).forEach((to, index) => given.event('agent_routing', { from: agents[index], to }));
  return given.event('message_sent', { message: 'x' }).end();
};
/** `crm` fails inside the span `a`; `after` says how that goes on. */
const failingIn = (name: string, after: (given: Story) => Story): Story =>
  after(
    story()
      .span('a', 'node', name)
      .span('b', 'tool', 'crm', { parent: 'a' })
      .error('crm', 'down', { span: 'b' })
      .spanEnd('b', 1, { outcome: 'error' }),
  );
const interrupted = (given: Story): StoredTrace => {
  const stored = given.stored();
  return { ...stored, head: { ...stored.head, status: 'interrupted' } };
};
const nothing = ['ℹ️ No error was recorded; nothing inside the handler was traced'];
const ok = ['✅ Workflow completed successfully'];

const broken = (): never => {
  throw new Error('no');
};

describe('debugHints', () => {
  it.each<[string, Story | StoredTrace, string[]]>([
    ['the guide’s example', guideStory(), ok],
    ['a webhook without a trace inside', story().end(), nothing],
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
    ['a choice made anew', route(route(story(), 'supervisor', 'maria'), 'supervisor', 'carlos'), ok],
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
      ['🔇 Silent: the work ended well, but no reply was recorded in time'],
    ],
    ['a refusal', new Story().open().identify().response(401).end('error'), ['🚫 Refused: HTTP 401']],
    [
      'a client that lost patience',
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
      nothing,
    ],
    [
      'an upload that broke off',
      new Story()
        .open()
        .response(499, 5, { aborted: true })
        .error('POST /webhook', 'half', { type: 'UploadAborted' })
        .end('error'),
      ['❌ UploadAborted in POST /webhook: half'],
    ],
    [
      'an exception that nothing caught',
      story().event('uncaught_exception').error('uncaughtException', 'no').end('error'),
      ['❌ Error in uncaughtException: no', '💣 An exception that nothing caught reached the process'],
    ],
    ['an error nobody recorded', story().end('error'), ['❌ Ended as an error, but no error was recorded']],
    [
      'a slow step',
      story()
        .span('a', 'node', 'outer')
        .at(100)
        .span('b', 'tool', 'crm', { parent: 'a' })
        .at(6100)
        .spanEnd('b', 6000)
        .at(6200)
        .spanEnd('a', 6200)
        .end(),
      ['🐢 Slow: took 6.2 s; the step that took it is tool crm (6.0 s)'],
    ],
    [
      'a slow wait',
      story().event('queued').at(7000).event('taken').end(),
      ['🐢 Slow: took 7.0 s; nothing happened for 7.0 s after 📌 queued'],
    ],
    [
      'late events',
      story().end().event('crm', {}, { late: true }).event('x', {}, { late: true }),
      ["🕓 2 late events after the trace's end, first 📌 crm: some work was not awaited"],
    ],
    [
      'dropped data',
      story().end('completed', { dropped: 3 }),
      ['🧹 Dropped data: 3 events over the limit of events per trace were not kept', ...nothing],
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
      ["📵 Refused: 'Hola' by whatsapp: 400 131047 too late"],
    ],
    ['control flow', story().event('control_flow', { type: 'GraphInterrupt', location: 'ask_human' }).end(), nothing],
    ['work going on', story().at(5000).span('a', 'tool', 'crm'), ['⏳ Still running: tool crm, open for 4.0 s']],
    ['work going on between steps', story().event('queued'), ['⏳ Still running: the last thing it did was 📌 queued']],
  ])('for %s', (_what, given, expected) => expect(hintsOf(given)).toEqual(expected));

  it.each<[string, Story, string]>([
    [
      'caught in a span around it',
      failingIn('outer', (given) => given.spanEnd('a', 2)),
      '❌ Error in crm: down (caught in outer)',
    ],
    ['in a span around it that has not ended', failingIn('outer', (given) => given), '❌ Error in crm: down'],
    [
      'in a span around it that was left',
      failingIn('outer', (given) => given.spanEnd('a', 2, { outcome: 'cancelled' })),
      '❌ Error in crm: down',
    ],
    [
      'in work that the span around it did not await',
      story()
        .span('a', 'node', 'outer')
        .spanEnd('a', 2)
        .span('b', 'tool', 'crm', { parent: 'a' })
        .at(50)
        .error('crm', 'down', { span: 'b' })
        .spanEnd('b', 50, { outcome: 'error' }),
      '❌ Error in crm: down',
    ],
    [
      'that reached the process, although the span around it ended well',
      failingIn('outer', (given) => given.event('unhandled_rejection').spanEnd('a', 2)),
      '❌ Error in crm: down',
    ],
    [
      'recorded inside a span that ended well',
      story().span('a', 'node', 'outer').error('crm', 'down', { span: 'a' }).spanEnd('a', 2),
      '❌ Error in crm: down',
    ],
    [
      'that left every span',
      story().span('b', 'tool', 'crm').error('crm', 'down', { span: 'b' }).spanEnd('b', 1, { outcome: 'error' }),
      '❌ Error in crm: down',
    ],
    [
      'of a span that is its own parent',
      story().span('b', 'tool', 'crm', { parent: 'b' }).error('crm', 'down', { span: 'b' }),
      '❌ Error in crm: down',
    ],
    [
      'that became the response',
      new Story().open().identify().error('crm', 'down').response(500, 9, { error: 'down' }),
      '❌ Error in crm: down (became the response: 500)',
    ],
    [
      'beside a response that hides it',
      new Story().open().identify().error('crm', 'down').response(500, 9, { error: 'Internal server error' }),
      '❌ Error in crm: down',
    ],
    [
      'that a filter turned into a response of 200',
      new Story().open().identify().error('crm', 'down').response(200, 9, { error: 'down' }),
      '❌ Error in crm: down (became the response: 200)',
    ],
    [
      'before an answer that does not carry it',
      new Story().open().identify({ handler: 'crm' }).error('crm', 'down').at(10).response(200),
      '❌ Error in crm: down',
    ],
    [
      'thrown after the response',
      new Story()
        .open()
        .identify({ handler: 'crm' })
        .response(202)
        .at(10)
        .error('crm', 'down', { after_response: true }),
      '❌ Error in crm: down (thrown after the response was sent)',
    ],
    [
      'that broke the answer off',
      new Story().open().identify({ handler: 'crm' }).error('crm', 'down').response(200, 9, { aborted: true }),
      '❌ Error in crm: down',
    ],
    ['reported only', story().error('crm', 'down'), '❌ Error in crm: down'],
  ])('says what became of an error only where records show it: one %s', (_what, given, expected) =>
    expect(hintsOf(given.end('error'))).toContain(expected),
  );

  const pipe = {
    statusCode: 400,
    message: ['email must be an email', 'name should not be empty'],
    error: 'Bad Request',
  };
  const bad = { type: 'BadRequestException', detail: pipe };

  it.each<[string, Story, string[]]>([
    [
      'a guard',
      new Story()
        .open()
        .identify()
        .error('POST /webhook', 'bad signature', { type: 'UnauthorizedException', guard: 'SignatureGuard' })
        .response(401, 3, { error: 'bad signature' }),
      ['🚫 Refused: HTTP 401 by SignatureGuard: bad signature'],
    ],
    [
      'a pipe, with its reasons',
      new Story()
        .open()
        .identify()
        .error('Hooks.create', 'Bad Request Exception', bad)
        .response(400, 3, { error: 'Bad Request Exception' }),
      ['🚫 Refused: HTTP 400: Bad Request Exception; email must be an email; name should not be empty'],
    ],
    [
      'an error of which nothing says that it is the refusal',
      new Story().open().identify().error('Hooks.create', 'down').response(404, 3),
      ['❌ Error in Hooks.create: down', '🚫 Refused: HTTP 404'],
    ],
    [
      'a fault that a filter made a 400 of',
      new Story().open().identify().error('Hooks.create', 'x is undefined', { type: 'TypeError' }).response(400, 3, {
        error: 'x is undefined',
      }),
      ['❌ TypeError in Hooks.create: x is undefined (became the response: 400)', '🚫 Refused: HTTP 400'],
    ],
    ['no route', new Story().open().identify().response(404, 3), ['🚫 Refused: HTTP 404']],
    [
      'a server that failed, which is no refusal',
      new Story().open().identify().response(503, 3),
      ['❌ The webhook was answered with HTTP 503, and no error was recorded'],
    ],
  ])('names a refusal: %s', (_what, given, expected) => expect(hintsOf(given.end('error'))).toEqual(expected));

  it('tells errors of one origin once, and not more than five origins', () => {
    const given = story();
    for (let index = 0; index < 8; index += 1) given.error('crm', `down ${index}`).error('crm', `down ${index}`);
    const hints = hintsOf(given.end('error'));
    expect(hints[0]).toBe('❌ 2 times Error in crm: down 0');
    expect(hints.slice(5)).toEqual(['❌ And 6 more errors']);
  });

  it('tells of a redelivery', () => {
    const again = story().identify({ message_id: 'm1' }).event('message_sent').end();
    expect(hintsOf(again, { duplicateOf: 'old' })).toEqual([
      '📨 Redelivered webhook: the same message first came in old',
    ]);
  });

  it.each<[string, Parameters<Story['identify']>[0], Partial<HintContext>, string[]]>([
    [
      'a message that was not delivered, with the trace that sent it',
      {
        notices: [
          {
            status: 'failed',
            code: '131047',
            reason: 'Re-engagement message',
            message_id: 'wamid.X',
            contact: '5215512345678',
          },
        ],
      },
      { sentBy: new Map([['wamid.X', 'ana_20240120_143022_000001']]) },
      [
        '📵 Not delivered: message wamid.X to 5215512345678: failed 131047 Re-engagement message; sent by ana_20240120_143022_000001',
      ],
    ],
    [
      'a report without ids',
      { notices: [{ status: 'undelivered' }] },
      {},
      ['📵 Not delivered: a message: undelivered'],
    ],
    [
      'seven reports',
      { notices: Array.from({ length: 7 }, (_, n) => ({ status: 'failed', message_id: `m${n}` })) },
      {},
      [0, 1, 2, 3, 4].map((n) => `📵 Not delivered: message m${n}: failed`).concat('📵 Not delivered: 2 more messages'),
    ],
    ['an edit', { edited: true, message_id: 'm' }, { editOf: 'old' }, ['✏️ Edited message: it first came in old']],
    [
      'an edit of a message that is not here',
      { edited: true, message_id: 'm' },
      { duplicateOf: 'not-this' },
      ['✏️ Edited message: its first delivery was not found'],
    ],
    [
      'nobody to name',
      { contact: 'unknown' },
      {},
      ['👤 No contact was found in this webhook; name it with capture.contactId or traceContact()'],
    ],
    [
      'two contacts',
      { contact: 'ana', contacts: ['ben'] },
      {},
      ['👥 This webhook has messages of 2 contacts: ana, ben'],
    ],
    [
      'seven contacts',
      { contact: 'c0', contacts: [1, 2, 3, 4, 5, 6].map((n) => `c${n}`) },
      {},
      ['👥 This webhook has messages of 7 contacts: c0, c1, c2, c3, c4 and 2 more'],
    ],
    [
      'a placeholder, by its path in the body',
      {
        placeholders: ['contact.id', 'list[0].name', 'gone'],
        body: { contact: { id: '{{contact.id}}' }, list: [{ name: 'Hi {{ x }}!' }] },
      },
      {},
      [
        '🏷️ Unreplaced placeholder in contact.id: {{contact.id}}',
        '🏷️ Unreplaced placeholder in list[0].name: {{ x }}',
        '🏷️ Unreplaced placeholder in gone',
      ],
    ],
    [
      'a placeholder that the dialect wrote out',
      { placeholders: ['contact.id: {{contact.id}}', '{{contact.id}}'] },
      {},
      ['🏷️ Unreplaced placeholder in contact.id: {{contact.id}}', '🏷️ Unreplaced placeholder: {{contact.id}}'],
    ],
    [
      'a body that no parser read',
      { unparsed: 5000, body: 'x'.repeat(1024) },
      {},
      ['📦 No parser read the body; its first 1,024 of 5,000 bytes are kept'],
    ],
    ['a short one', { unparsed: 9, body: 'ñandú 1' }, {}, ['📦 No parser read the body; its 9 bytes are kept']],
    [
      'one that was not kept',
      { unparsed: 1234567 },
      {},
      ['📦 No parser read the body; none of its 1,234,567 bytes are kept'],
    ],
  ])('has what the webhook itself says: %s', (_what, fields, context, expected) => {
    const given = new Story().open().identify(fields).response(200).event('saved').end();
    expect(hintsOf(given, context)).toEqual(expected);
    // Nothing of it makes a trace fail, and an empty handler is named too.
    const empty = new Story().open().identify(fields).response(200).end();
    expect(hintsOf(empty, context)).toEqual([...expected, ...nothing]);
  });

  it.each<[string, Story]>([
    [
      'a request that only asks',
      new Story().open({ method: 'GET', path: '/webhook' }).identify({ contact: 'unknown' }),
    ],
    ['work without a request', new Story().open({}).identify({ contact: 'unknown' })],
    ['a copy of what was sent', new Story().open().identify({ contact: 'unknown', direction: 'outbound' })],
    ['a contact that a look-up named', new Story().open().identify({ contact: 'unknown' }).contact('ana')],
    ['a request that was refused', new Story().open().identify({ contact: 'unknown' }).response(401)],
    ['a lost identification', new Story().open()],
  ])('does not ask for a contact in %s', (_what, given) => expect(hintsOf(given.end()).join()).not.toContain('👤'));

  it.each<[boolean | undefined, string]>([
    [undefined, '📭 No reply was recorded'],
    [true, '📭 No reply was recorded'],
    [false, '📭 No reply was recorded; record replies with traceReply()'],
  ])('says how to record replies where the store never had one: %s', (repliesSeen, expected) =>
    expect(hintsOf(story().span('a', 'llm', 'x').spanEnd('a', 1).end(), { repliesSeen })).toEqual([expected]),
  );

  it('keeps every hint on one line, free of controls', () => {
    const hints = hintsOf(story().error('a\nb', 'x\u001b[31m\ny').end('error'));
    expect(hints).toEqual(['❌ Error in a b: x␛[31m y']);
  });

  it('asks an application’s rules too, and survives those that throw', () => {
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

  it('takes a moment only for a trace of 10,000 steps', () => {
    const given = story();
    for (let index = 0; index < 10_000; index += 1) {
      given.at(index).span(`s${index}`, 'node', 'step', { parent: `s${index - 1}` });
    }
    const started = performance.now();
    hintsOf(given.at(10_000).end('timeout'));
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
