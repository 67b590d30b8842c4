import { assert, property, string } from 'fast-check';
import { ZonedStamp } from '../../model/trace-id.js';
import { parseSearch } from './search-grammar.js';

const NOW = Date.UTC(2024, 0, 20, 12) * 1000;
const CONTEXT = { now: NOW, zone: new ZonedStamp('UTC') };
const parse = (q: string) => parseSearch({ q }, CONTEXT);

describe('the search grammar', () => {
  it.each<[string, object]>([
    ['hola', { q: 'hola' }],
    ['Quiero  agendar una cita', { q: 'Quiero agendar una cita' }],
    ['"no reply"', { q: 'no reply' }],
    ['contact:ana', { contactId: 'ana' }],
    ['CONTACT:"Ana María"', { contactId: 'Ana María' }],
    ['status:ERROR agent:sofia tool:book', { status: 'error', agent: 'sofia', tool: 'book' }],
    ['duration:>2s', { minDurationMs: 2_000 }],
    ['duration:1.5min', { minDurationMs: 90_000 }],
    ['since:2h', { since: NOW - 7_200_000_000 }],
    ['until:2024-01-20T10:00:00Z', { until: Date.UTC(2024, 0, 20, 10) * 1000 }],
    ['status:error slow one', { status: 'error', q: 'slow one' }],
    ['status:failed', { status: ['error', 'timeout', 'interrupted', 'silent'] }],
    ['status:Error,timeout', { status: ['error', 'timeout'] }],
    ['http://x.example/a', { q: 'http://x.example/a' }],
    ['2024-01-20', { q: '2024-01-20' }],
    ['a - b', { q: 'a - b' }],
    ['"never closed', { q: '"never closed' }],
    ['model:gpt-5-mini host:api.openai.com', { model: 'gpt-5-mini', host: 'api.openai.com' }],
    ['tag:plan=pro tag:plan=pro log:WARN', { tag: 'plan=pro', log: 'warn' }],
    ['cost:>0.01 cost:<$2', { minCostUsd: 0.01, maxCostUsd: 2 }],
    ['cost:0.5', { minCostUsd: 0.5 }],
    ['tokens:>=1000 tokens:<=9000', { minTokens: 1_000, maxTokens: 9_000 }],
    ['contact:', { q: 'contact:' }],
    ['', {}],
    ['  ', {}],
  ])('%j', (q, filter) => expect(parse(q)).toEqual(filter));

  it.each<[string, object]>([
    ['-tool:book', { not: { tools: ['book'] } }],
    ['-contact:ana -agent:sofia -agent:max', { not: { contacts: ['ana'], agents: ['sofia', 'max'] } }],
    ['-"thank you" -hola', { not: { texts: ['thank you', 'hola'] } }],
    ['-model:a -model:b -host:h', { not: { models: ['a', 'b'], hosts: ['h'] } }],
    ['-tag:beta -log:error', { not: { tags: ['beta'], logs: ['error'] } }],
    ['-status:completed', { status: ['active', 'error', 'silent', 'timeout', 'interrupted', 'cancelled'] }],
    ['-status:failed', { status: ['active', 'completed', 'cancelled'] }],
    ['status:failed -status:silent -status:timeout', { status: ['error', 'interrupted'] }],
    ['-status:error status:error', { status: [] }],
  ])('%j excludes matches', (q, search) => expect(parse(q)).toEqual(search));

  it.each(['duration:<500ms', '-duration:>500ms'])('%s is an upper bound', (q) =>
    expect(parse(q)).toEqual({ maxDurationMs: 500 }),
  );

  it.each<[string, RegExp]>([
    ['status:nonsense', /status:nonsense is not one of active, completed/],
    ['status:error,nonsense', /status:error,nonsense is not one of active, completed/],
    ['duration:long', /duration:long is no duration/],
    ['since:yesterday', /since:yesterday is no time/],
    ['-since:2h', /use until:/],
    ['-cost:>1', /-cost: cannot be; use cost:<0.01/],
    ['-tokens:1', /-tokens: cannot be/],
    ['cost:much', /cost:much is no number; write cost:>0.01/],
    ['cost:>1e3', /is no number/],
    ['tokens:1.5', /tokens:1.5 is no number; write tokens:>1000/],
    ['tokens:-1', /is no number/],
    ['log:debug', /log:debug is no level; write log:warn/],
    ['contact:ana contact:ben', /contact: is given twice/],
    ['contact:""', /contact: has no value/],
    ['-status:""', /status: has no value/],
  ])('refuses %s, and gives the reason', (q, message) =>
    expect(() => parse(q)).toThrow(
      expect.objectContaining({ code: 'BAD_QUERY', message: expect.stringMatching(message) }),
    ),
  );

  it('must agree with the parameters beside it', () => {
    expect(parseSearch({ q: 'status:error', status: 'error' }, CONTEXT)).toEqual({ status: 'error' });
    expect(parseSearch({ q: 'status:error', status: ['error'] }, CONTEXT)).toEqual({ status: 'error' });
    expect(() => parseSearch({ q: 'status:error', status: 'silent' }, CONTEXT)).toThrow('given twice');
  });

  it('accepts any text, or refuses it with its own error', () => {
    assert(
      property(string({ unit: 'binary' }), (q) => {
        try {
          return typeof parse(q) === 'object';
        } catch (error) {
          return (error as { code?: string }).code === 'BAD_QUERY';
        }
      }),
    );
  });
});
