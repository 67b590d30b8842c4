import { assemble } from '../../trace/assemble.js';
import { hintsOf } from '../../../../../../test/support/hints-of.js';
import { Story } from '../../../../../../test/support/story.js';
import { ALL_IS_WELL } from './closing-rules.js';
import { successClaim } from './success-claims.js';

const story = (): Story => new Story().open().identify({ message: undefined }).response(202);
type Add = (to: Story) => Story;

/** A call of a tool from `at` on. */
const tool =
  (
    span: string,
    name: string,
    given: { input?: unknown; output?: unknown; failed?: true; at?: number; ms?: number },
  ): Add =>
  (to) => {
    const { input, output, failed, at = 0, ms = 1 } = given;
    const started = to
      .at(at)
      .span(span, 'tool', name, { input })
      .at(at + ms);
    return started.spanEnd(span, ms, { output, ...(failed && { outcome: 'error' as const }) });
  };
const says =
  (message: string, at = 50): Add =>
  (to) =>
    to.at(at).event('message_sent', { message });
const ended = (...adds: Add[]): string[] => hintsOf(adds.reduce((to, add) => add(to), story()).end());

describe('an answer that was cut', () => {
  const answered = (output: unknown): string[] =>
    hintsOf(story().span('a', 'llm', 'gpt').spanEnd('a', 5, { output }).end());
  it.each<[string, unknown, string | undefined]>([
    ['OpenAI', { text: 'x', finish_reason: 'length' }, 'length'],
    ['Gemini', { text: 'x', finish_reason: 'MAX_TOKENS' }, 'MAX_TOKENS'],
    ['Anthropic, unchanged', { content: [{ type: 'text', text: 'x' }], stop_reason: 'max_tokens' }, 'max_tokens'],
    ['OpenAI, unchanged', { choices: [{ finish_reason: 'length', message: { content: 'x' } }] }, 'length'],
    ['the AI SDK', { text: 'x', finishReason: 'length' }, 'length'],
    ['an end of its own', { text: 'x', finish_reason: 'stop' }, undefined],
    ['a member of that name elsewhere', { text: 'x', data: { finish_reason: 'length' } }, undefined],
  ])('%s', (_what, output, reason) =>
    expect(answered(output)).toEqual([
      reason === undefined
        ? ALL_IS_WELL
        : `📏 The answer of gpt was cut at the limit of tokens (finish_reason ${reason})`,
    ]),
  );
});

describe('a claim of success', () => {
  it.each([
    'Your appointment is booked for Friday.',
    'Done! See you on Friday.',
    "You're all set.",
    'Payment completed successfully.',
    "I've booked your table. Anything else?",
    '¡Listo! Tu cita quedó agendada.',
    'Tu cita está confirmada para el viernes.',
    'Reservé tu mesa con éxito.',
    'Hemos enviado el contrato.',
    'Cita agendada: viernes 10:00',
  ])('%s', (text) => expect(successClaim(text)).toBeDefined());

  it.each([
    'I could not book it, sorry.',
    'Is your appointment booked?',
    'Your appointment will be confirmed soon.',
    'Once it is confirmed, we will write to you.',
    'Shall I get it booked for Friday?',
    'It is not booked yet.',
    'Unfortunately there was an error. Your cart is saved.',
    'No pude agendar tu cita.',
    '¿Quieres que quede agendada?',
    'Tu cita no quedó confirmada.',
    'Tu cita será confirmada mañana.',
    'Lamento el inconveniente: tu cita fue cancelada.',
    'Estoy listo para ayudarte',
    'We have these times: 10:00, 12:00',
    'How can I help you?',
    'Tengo estos horarios disponibles',
  ])('not: %s', (text) => expect(successClaim(text)).toBeUndefined());
});

it('reads the beginning of a long text', () => {
  expect(successClaim(`${'x'.repeat(100_000)}. Done.`)).toBeUndefined();
  expect(successClaim(`Done. ${'x'.repeat(100_000)}`)).toBeDefined();
});

describe('success claimed after a failed tool', () => {
  const failed = tool('a', 'book_appointment', { input: { day: 5 }, failed: true });
  const hint = (words = 'Your appointment is booked.'): string =>
    `🎭 The reply claims success ('${words}') after the tool book_appointment failed; no later call of it succeeded`;

  it.each<[string, Add[], boolean]>([
    ['the tool threw', [failed, says('Your appointment is booked.')], true],
    [
      'the tool returned an error',
      [tool('a', 'book_appointment', { output: { success: false } }), says('Your appointment is booked.')],
      true,
    ],
    [
      'an event reported the failure',
      [
        (to) => to.event('tool_execution', { name: 'book_appointment', error: 'full' }),
        says('Your appointment is booked.'),
      ],
      true,
    ],
    [
      'another tool succeeded',
      [failed, tool('b', 'send_email', { at: 10 }), says('Your appointment is booked.')],
      true,
    ],
    [
      'a retry succeeded',
      [failed, tool('b', 'book_appointment', { at: 10 }), says('Your appointment is booked.')],
      false,
    ],
    [
      'a fallback succeeded',
      [failed, tool('b', 'outlook_appointment', { at: 10 }), says('Your appointment is booked.')],
      false,
    ],
    [
      'the reply came before',
      [says('Your appointment is booked.', 1), tool('a', 'book_appointment', { at: 20, failed: true })],
      false,
    ],
    ['the reply admits it', [failed, says('Sorry, I could not book it.')], false],
    ['no tool failed', [tool('a', 'book_appointment', {}), says('Your appointment is booked.')], false],
    [
      'a lookup failed and the booking succeeded',
      [tool('a', 'get_profile', { failed: true }), tool('b', 'book_table', { at: 10 }), says('Your table is booked.')],
      false,
    ],
  ])('%s', (_what, adds, found) => {
    const hints = ended(...adds).filter((line) => line.startsWith('🎭'));
    expect(hints).toEqual(found ? [hint()] : []);
  });

  it('is seen in the answer of a model, too', () => {
    const answer: Add = (to) =>
      to
        .at(20)
        .span('m', 'llm', 'gpt')
        .spanEnd('m', 1, { output: { text: 'All set.' } });
    expect(ended(failed, answer).find((line) => line.startsWith('🎭'))).toMatch(
      /^🎭 The answer of gpt claims success \('All set\.'\) after the tool book_appointment failed/,
    );
  });
});

describe('retries without a pause', () => {
  const calls = (gap: number, count = 3, failed = true): string[] =>
    ended(
      ...Array.from({ length: count }, (_, index) =>
        tool(`t${index}`, 'crm', { input: { id: 5 }, at: index * (gap + 1), ...(failed && { failed: true as const }) }),
      ),
    ).filter((line) => line.startsWith('🔨'));

  it.each<[string, string[], boolean]>([
    ['three in a row', calls(0), true],
    ['two', calls(0, 2), false],
    ['with a back-off', calls(100), false],
    ['that succeed', calls(0, 3, false), false],
  ])('%s', (_what, hints, found) =>
    expect(hints).toEqual(found ? ['🔨 crm failed 3 times in a row, tried again without a pause'] : []),
  );

  it('names the tool, and not the requests in it', () => {
    const nested = [0, 1, 2].reduce(
      (to, n) =>
        to
          .at(n)
          .span(`t${n}`, 'tool', 'crm', { input: { id: 5 } })
          .span(`h${n}`, 'http', 'GET crm', { parent: `t${n}` })
          .spanEnd(`h${n}`, 1, { outcome: 'error' })
          .spanEnd(`t${n}`, 1, { outcome: 'error' }),
      story(),
    );
    expect(hintsOf(nested.end()).filter((line) => line.startsWith('🔨'))).toEqual([
      '🔨 crm failed 3 times in a row, tried again without a pause',
    ]);
  });

  it('is about calls with one input', () => {
    const different = [1, 2, 3].map((id) => tool(`t${id}`, 'crm', { input: { id }, at: id, failed: true }));
    expect(ended(...different).filter((line) => line.startsWith('🔨'))).toEqual([]);
  });
});

describe('a date that came out as another', () => {
  const dated = (input: unknown, output: unknown, ...more: Add[]): string[] =>
    ended(tool('a', 'book', { input, output }), ...more).filter((line) => line.startsWith('📅'));
  const changed = (from: string, to: string, place: string, why: string): string[] => [
    `📅 A date came out as another one: ${from} in the input of book, ${to} in ${place} (${why})`,
  ];

  it.each<[string, string[], string[]]>([
    [
      'a day that does not exist',
      dated({ date: '2026-02-30' }, { start: '2026-03-02T10:00:00Z' }),
      changed('2026-02-30', '2026-03-02', 'its output', '2026-02-30 does not exist'),
    ],
    [
      'a day that does not exist, in the reply',
      dated({ date: '2026-02-30' }, { ok: true }, says('Nos vemos el 2 de marzo.')),
      changed('2026-02-30', '2026-03-02', 'the reply', '2026-02-30 does not exist'),
    ],
    [
      'day and month swapped',
      dated({ date: '2026-03-04' }, { date: '2026-04-03' }),
      changed('2026-03-04', '2026-04-03', 'its output', 'day and month are swapped'),
    ],
    [
      'another year',
      dated({ date: '2026-03-04' }, { date: '2025-03-04' }),
      changed('2026-03-04', '2025-03-04', 'its output', 'the year differs by one'),
    ],
    [
      'another year in the reply',
      dated({ date: '2026-03-04' }, { ok: true }, says('Booked for March 4, 2025.')),
      changed('2026-03-04', '2025-03-04', 'the reply', 'the year differs by one'),
    ],
    ['the same date', dated({ date: '2026-03-04' }, { date: '2026-03-04' }), []],
    ['the same date in words', dated({ date: '2026-03-04' }, {}, says('Nos vemos el 4 de marzo')), []],
    ['a renewal after a year', dated({ start: '2026-03-04' }, { renews_at: '2027-03-04' }), []],
    [
      'another day of the same zone',
      dated({ date: '2026-03-04T23:00:00-06:00' }, { date: '2026-03-05T05:00:00Z' }),
      [],
    ],
    ['a list of free days', dated({ date: '2026-03-04' }, [{ date: '2026-03-04' }, { date: '2026-04-03' }]), []],
    ['a range', dated({ from: '2026-03-04', to: '2026-03-05' }, { from: '2026-04-03' }), []],
    ['a bad date that was refused', dated({ date: '2026-02-30' }, { error: 'no such day' }), []],
    ['29 February of a leap year', dated({ date: '2028-02-29' }, { date: '2028-03-01' }), []],
    ['another date of the same message', dated({ date: '2026-03-04' }, {}, says('Tu otra cita es el 9 de abril')), []],
  ])('%s', (_what, hints, expected) => expect(hints).toEqual(expected));
});

describe('work that was done twice', () => {
  const twice = (name: string, outputs: unknown[], inputs: unknown[] = [{ day: 5 }, { day: 5 }]): string[] =>
    ended(...outputs.map((output, n) => tool(`t${n}`, name, { input: inputs[n], output, at: n * 10 }))).filter((line) =>
      line.startsWith('👯'),
    );

  it.each<[string, string[], boolean]>([
    ['two bookings', twice('book_appointment', [{ id: 1 }, { id: 2 }]), true],
    ['two charges', twice('PaymentTools.chargeCard', ['ok', 'ok']), true],
    ['the same booking returned twice', twice('book_appointment', [{ id: 1 }, { id: 1 }]), false],
    ['different inputs', twice('book_appointment', [{ id: 1 }, { id: 2 }], [{ day: 5 }, { day: 6 }]), false],
    ['no input', twice('book_appointment', [{ id: 1 }, { id: 2 }], [{}, {}]), false],
    ['two lookups', twice('check_booking', [{ id: 1 }, { id: 2 }]), false],
    ['two updates', twice('update_contact', [{}, {}]), false],
    ['one of them failed', twice('book_appointment', [{ success: false }, { id: 2 }]), false],
  ])('%s', (_what, hints, found) => expect(hints.length === 1).toBe(found));

  it('is found between the deliveries of one webhook', () => {
    const delivered = (key: string, id: string, booking: number): Story =>
      tool('t', 'book_appointment', { input: { day: 5 }, output: { id: booking } })(
        new Story(key, id).open().identify({ message_id: 'm' }),
      ).end();
    const first = assemble(delivered('1-1', 'first', 1).stored());
    const hints = (booking: number): string[] =>
      hintsOf(delivered('1-2', 'second', booking), {
        duplicateOf: 'first',
        related: { baseline: null, neighbours: [], first },
      }).filter((line) => line.startsWith('👯'));
    expect(hints(2)).toEqual([
      '👯 Done twice: the tool book_appointment succeeded with the same input here and in first, the first delivery of this webhook',
    ]);
    expect(hints(1)).toEqual([]);
  });
});

describe('a slow history', () => {
  const loaded = (name: string, ms: number, output: unknown, kind: 'retriever' | 'step' = 'step'): string[] =>
    hintsOf(
      story()
        .span('h', kind, name)
        .at(ms)
        .spanEnd('h', ms, { output })
        .at(ms + 100)
        .end(),
    ).filter((line) => line.startsWith('🗄️'));
  it.each<[string, string[], string[]]>([
    [
      'a long one',
      loaded('load_history', 900, { messages_loaded: 450 }),
      ["🗄️ Slow history: load_history loaded 450 messages in 900 ms, 90% of the trace's time (2.0 ms each)"],
    ],
    [
      'a list of a retriever',
      loaded(
        'vectors',
        900,
        Array.from({ length: 200 }, () => 'x'),
        'retriever',
      ),
      ["🗄️ Slow history: vectors loaded 200 messages in 900 ms, 90% of the trace's time (4.5 ms each)"],
    ],
    ['a short one that is slow', loaded('load_history', 900, { messages_loaded: 20 }), []],
    ['a long one that is fast', loaded('load_history', 200, { messages_loaded: 450 }), []],
    ['another step', loaded('prepare_quote', 900, { count: 450 }), []],
    ['an unknown number', loaded('load_history', 900, 'done'), []],
  ])('%s', (_what, hints, expected) => expect(hints).toEqual(expected));
});
