import { hintsOf } from '../../../../../../test/support/hints-of.js';
import { Story } from '../../../../../../test/support/story.js';
import { ALL_IS_WELL } from './closing-rules.js';

const DUPLICATE = { type: '23505', message: 'duplicate key value violates "contacts_pkey"' };
const story = (): Story => new Story().open().identify({ message: undefined }).response(202);

let next = 0;

/** A step as a span of OpenTelemetry is recorded; with an error it failed, and the code got the failure. */
function step(to: Story, kind: string, name: string, error?: object, parent?: string): Story {
  const id = `s${(next += 1)}`;
  to.span(id, kind as never, name, { parent, attributes: { source: 'otel' } });
  return to.spanEnd(id, 1, error === undefined ? {} : { outcome: 'error', output: { error } });
}

describe('hints about steps whose failure is no error of the trace', () => {
  it.each<[string, Story, string[]]>([
    [
      'a query',
      step(story(), 'db', 'INSERT contacts', DUPLICATE).end(),
      ['🗄️ Failed query: INSERT contacts → 23505 duplicate key value violates "contacts_pkey"'],
    ],
    [
      'a model call without a host',
      step(story(), 'llm', 'gpt-5', { type: '429', message: '429 Rate limit reached' }).end(),
      ['🌐 Failed model call: gpt-5 → 429 Rate limit reached'],
    ],
    [
      'a message that was not sent, without a class of its own',
      step(story(), 'step', 'publish orders', { type: 'Error', message: 'broker away' }).end(),
      ['⚠️ Failed step: publish orders → broker away'],
    ],
    [
      'a reason with control characters, on several lines',
      step(story(), 'db', 'q\u001b[2J', { type: 'X', message: 'a\nb\u202e' }).end(),
      ['🗄️ Failed query: q␛[2J → X a b<U+202E>'],
    ],
    [
      'more than three',
      ['a', 'b', 'c', 'd', 'e'].reduce((to, name) => step(to, 'db', name, { message: name }), story()).end(),
      ['🗄️ Failed query: a → a', '🗄️ Failed query: b → b', '🗄️ Failed query: c → c', '⚠️ 2 more steps failed'],
    ],
    [
      'a later attempt that went well',
      step(step(story(), 'db', 'INSERT contacts', DUPLICATE), 'db', 'INSERT contacts').end(),
      [ALL_IS_WELL],
    ],
    [
      'only the innermost of failed steps',
      story()
        .span('around', 'step', 'save', {})
        .span('inside', 'db', 'INSERT contacts', { parent: 'around' })
        .spanEnd('inside', 1, { outcome: 'error', output: { error: DUPLICATE } })
        .spanEnd('around', 2, { outcome: 'error', output: { error: DUPLICATE } })
        .end(),
      ['🗄️ Failed query: INSERT contacts → 23505 duplicate key value violates "contacts_pkey"'],
    ],
    [
      'a step that failed after what failed inside it had been overcome',
      step(
        step(story().span('around', 'step', 'save', {}), 'db', 'INSERT contacts', DUPLICATE, 'around'),
        'db',
        'INSERT contacts',
        undefined,
        'around',
      )
        .spanEnd('around', 2, { outcome: 'error', output: { error: { message: 'no contact' } } })
        .end(),
      ['⚠️ Failed step: save → no contact'],
    ],
    [
      'a step that was given up',
      story().span('q', 'db', 'SELECT').spanEnd('q', 1, { outcome: 'cancelled' }).end(),
      [ALL_IS_WELL],
    ],
    [
      'a torn trace: parents in a circle',
      story()
        .span('a', 'db', 'A', { parent: 'b' })
        .span('b', 'db', 'B', { parent: 'a' })
        .spanEnd('a', 1, { outcome: 'error', output: { error: { message: 'x' } } })
        .end(),
      [ALL_IS_WELL],
    ],
  ])('%s', (_, given, expected) => {
    expect(hintsOf(given)).toEqual(expected);
  });

  it('leaves a failure to the error of the trace that has its reason', () => {
    const given = step(story(), 'db', 'INSERT contacts', DUPLICATE)
      .error('Contacts.save', `Failed query: ${DUPLICATE.message}`)
      .end('error');
    expect(hintsOf(given).filter((hint) => hint.includes('🗄️'))).toEqual([]);
  });
});
