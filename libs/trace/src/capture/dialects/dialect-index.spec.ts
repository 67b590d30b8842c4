import { isDeepStrictEqual } from 'node:util';
import { INTERNAL, SENDER_BODIES } from '../../../../../test/support/sender-bodies/index.js';
import { BUILT_IN_DIALECTS } from './built-in.js';
import { candidates } from './dialect-index.js';
import type { BuiltInDialect, WebhookRequest } from './dialect.js';
import { identify } from './identify.js';

const LARGE = { 'content-length': '1000000' };

/** Copies are no built-in dialects: all of them are called, in order. */
const IN_ORDER = BUILT_IN_DIALECTS.map((dialect) => ({ ...dialect }));

const NEEDS = [...new Set(BUILT_IN_DIALECTS.flatMap(({ needs = [] }) => needs))];
const KEYS = NEEDS.filter((need) => !need.startsWith('header:'));
const HEADERS = NEEDS.filter((need) => need.startsWith('header:')).map((need) => need.slice(7));

/** Slack's, known by its fields alone: they are in a text of JSON. */
const INTERACTION = '{"type":"block_actions","user":{"id":"U1"},"team":{"id":"T1"},"actions":[]}';

type Asked = Pick<WebhookRequest, 'body' | 'headers' | 'query'>;

/** No `expect` per request: with thousands of requests that takes 6 s. */
function check({ body, headers, query }: Asked): void {
  const one: WebhookRequest = { method: 'POST', path: '/webhook', headers, query, body };
  const chosen = candidates(one, BUILT_IN_DIALECTS);
  const missing = BUILT_IN_DIALECTS.filter(
    (dialect: BuiltInDialect) => dialect.match(one) && !chosen.includes(dialect),
  );
  const [found, expected] = [identify(one, BUILT_IN_DIALECTS), identify(one, IN_ORDER)];
  if (missing.length === 0 && isDeepStrictEqual(found, expected)) return;
  expect({ missing, found }).toEqual({ missing: [], found: expected });
}

const isFields = (body: unknown): body is Record<string, unknown> =>
  typeof body === 'object' && body !== null && !Array.isArray(body);

describe('dialects chosen by keys and headers', () => {
  it('gives the same result as all dialects in order, for the bodies of all senders', () => {
    for (const { body, headers = {}, query } of SENDER_BODIES) {
      check({ body, headers, query });
      check({ body, headers: { ...headers, ...LARGE }, query });
    }
    for (const [, body] of INTERNAL) check({ body, headers: {} });
  });

  it('gives the same result without each of their keys and headers, and with each as the only one', () => {
    for (const { body, headers = {}, query } of SENDER_BODIES) {
      check({ body, headers: {}, query });
      for (const key of isFields(body) ? Object.keys(body) : []) {
        const { [key]: value, ...others } = body as Record<string, unknown>;
        check({ body: others, headers, query });
        check({ body: { [key]: value }, headers, query });
      }
    }
  });

  it('gives the same result for a body with a key, and a request with a header, of another sender', () => {
    for (const value of ['x', '', null, 1, { id: 'i' }, [{}], INTERACTION]) {
      for (const key of [...KEYS, 'payload']) check({ body: { contactId: 'c', [key]: value }, headers: {} });
    }
    for (const name of HEADERS) {
      for (const value of ['x', '', ['x'], []]) check({ body: { contactId: 'c' }, headers: { [name]: value } });
    }
  });

  it('gives the same result for hostile bodies', () => {
    const trap = new Proxy({ object: 'page', entry: [] }, { ownKeys: () => fail(), get: () => fail() });
    const hidden = Object.defineProperty({}, 'update_id', { value: 7 });
    const getting = Object.defineProperty({}, 'update_id', { get: () => fail(), enumerable: true });
    const list = Object.assign([{}], { update_id: 7 });
    const inherited = Object.create({ update_id: 7 }) as object;
    const bare = Object.assign(Object.create(null) as object, { update_id: 7 });
    const odd = JSON.parse('{"__proto__":{"update_id":7},"constructor":1,"hasOwnProperty":1}') as object;
    const empty = [undefined, null, 0, '', 'text', [], [null], {}, () => 1];
    for (const body of [trap, hidden, getting, list, inherited, bare, odd, ...empty]) {
      check({ body, headers: {} });
      check({ body, headers: LARGE });
    }
    expect(identify({ method: 'POST', path: '/', headers: {}, body: hidden }, BUILT_IN_DIALECTS).dialect).toBe(
      'telegram',
    );
  });

  it('calls few dialects for an ordinary body, and always those of the user', () => {
    const own = { name: 'own', needs: ['nothing'], match: () => true, extract: () => [{ contactId: 'own' }] };
    const request = { method: 'POST', path: '/', headers: {}, body: { contactId: 'c', body: 'Hola' } };
    expect(candidates(request, BUILT_IN_DIALECTS).map(({ name }) => name)).toEqual(['cloudevents', 'generic']);
    expect(identify(request, [own, ...BUILT_IN_DIALECTS]).dialect).toBe('own');
    expect(
      candidates(
        request,
        Array.from({ length: 40 }, () => own),
      ),
    ).toHaveLength(40);
  });

  it('declares the keys and headers of each built-in dialect that does not read every body', () => {
    expect(BUILT_IN_DIALECTS.filter(({ needs }) => needs === undefined).map(({ name }) => name)).toEqual([
      'cloudevents',
      'generic',
    ]);
  });
});

function fail(): never {
  throw new Error('application code was called');
}
