import { EVENT, factsIn, factsOf, readReply, readRoute, readToolName } from './vocabulary.js';

it('reads the facts that lists need from the payloads of its own event types', () => {
  expect(factsOf(EVENT.routing, { from: 'supervisor', to: 'sofia', reason: 'cita' })).toEqual({
    from: 'supervisor',
    to: 'sofia',
  });
  expect(factsOf(EVENT.tool, { tool_name: 'calendar' })).toEqual({ tool: 'calendar' });
  expect(factsOf(EVENT.sent, { message: 'hola', message_id: 'wamid.1' })).toEqual({ messageId: 'wamid.1' });
});

it.each([
  ['a hop without its end', EVENT.routing, { from: 'supervisor' }],
  ['an empty name', EVENT.tool, { name: '' }],
  ['an id that is a number', EVENT.sent, { message_id: 7 }],
  ['no payload', EVENT.tool, undefined],
  ['a type of the application', 'quote_prepared', { name: 'x', from: 'a', to: 'b' }],
])('derives nothing from %s', (_what, type, data) => {
  expect(factsOf(type, data)).toBeUndefined();
});

it('prefers the recorded facts to the payload', () => {
  expect(factsIn({ type: EVENT.tool, facts: { tool: 'a' }, data: { name: 'b' } })).toEqual({ tool: 'a' });
  expect(factsIn({ type: EVENT.tool, data: { name: 'b' } })).toEqual({ tool: 'b' });
  expect(factsIn({ type: 'log' })).toEqual({});
});

it('runs no getter of the application', () => {
  const data = {
    get name(): string {
      throw new Error('ran');
    },
    tool: 'calendar',
  };
  expect(readToolName(data)).toBe('calendar');
});

it('reads a reply under the names that applications use', () => {
  expect(readReply({ content: 'hola', message_id: 'm1', channel: 'sms' })).toEqual({
    text: 'hola',
    messageId: 'm1',
    channel: 'sms',
  });
  expect(readReply(null)).toEqual({});
  expect(readRoute({ to: 'sofia' })).toEqual({ to: 'sofia' });
});
