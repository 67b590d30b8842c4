import { INTERNAL, OURS, SENDER_BODIES, type SenderBody } from '../../../../../test/support/sender-bodies/index.js';
import { BUILT_IN_DIALECTS } from './built-in.js';
import { identify, type Identification } from './identify.js';

const OURS_ALL = new Set<string>(Object.values(OURS));

function read({ body, headers = {}, query }: Pick<SenderBody, 'body' | 'headers' | 'query'>): Identification {
  return identify({ method: 'POST', path: '/webhook', headers, query, body }, BUILT_IN_DIALECTS);
}

describe('bodies of senders', () => {
  it('has at least 200 bodies, and some of each dialect', () => {
    expect(SENDER_BODIES.length).toBeGreaterThanOrEqual(200);
    expect(new Set(SENDER_BODIES.map(({ by }) => by))).toEqual(new Set(BUILT_IN_DIALECTS.map(({ name }) => name)));
    expect(new Set(SENDER_BODIES.map(({ name }) => name)).size).toBe(SENDER_BODIES.length);
  });

  it.each(SENDER_BODIES.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const { dialect, messages } = read(one);
    expect(dialect).toBe(one.by);
    expect(
      messages.map(({ contactId, message, media, direction, messageId, type, edited, notices }, i) => ({
        contact: contactId,
        text: message,
        kind: media,
        way: direction,
        id: messageId,
        ...(one.want[i]?.type === undefined ? {} : { type }),
        edited,
        notices,
      })),
    ).toEqual(one.want);
  });

  it('names the path of each contact and text, and never returns our own side', () => {
    for (const one of SENDER_BODIES) {
      for (const { contactId, message, reason } of read(one).messages) {
        expect([one.name, OURS_ALL.has(contactId ?? '')]).toEqual([one.name, false]);
        if (contactId !== undefined) expect([one.name, reason?.contactId]).toEqual([one.name, expect.any(String)]);
        if (message !== undefined) expect([one.name, reason?.message]).toEqual([one.name, expect.any(String)]);
      }
    }
  });

  it('reads the same from a frozen body, and changes nothing', () => {
    for (const one of SENDER_BODIES) {
      const before = JSON.stringify(one.body);
      const frozen = one.body === undefined ? undefined : deepFreeze(JSON.parse(before) as object);
      expect([one.name, read({ ...one, body: frozen })]).toEqual([one.name, read(one)]);
      expect(JSON.stringify(one.body)).toBe(before);
    }
  });
});

describe('bodies in which the contact would be a guess', () => {
  it.each(INTERNAL)('finds no contact in %s', (_, body) => {
    expect(
      read({ body })
        .messages.map(({ contactId }) => contactId)
        .filter((id) => id !== undefined),
    ).toEqual([]);
  });
});

describe('hostile bodies', () => {
  it('calls no getter and no proxy', () => {
    const called: string[] = [];
    const trap = new Proxy(
      {},
      { get: () => called.push('get'), has: () => true, ownKeys: () => (called.push('keys'), []) },
    );
    for (const { body, headers } of SENDER_BODIES) {
      if (typeof body !== 'object' || body === null) continue;
      for (const key of Object.keys(body)) {
        const copy = { ...body, [key]: trap } as Record<string, unknown>;
        const getting = { ...body };
        Object.defineProperty(getting, key, { enumerable: true, get: () => called.push(`getter of ${key}`) });
        for (const hostile of [copy, getting]) read({ body: hostile, headers });
      }
    }
    expect(called).toEqual([]);
  });
});

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object);
  return Object.freeze(value);
}
