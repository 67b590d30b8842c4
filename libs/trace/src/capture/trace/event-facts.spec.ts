import { createSerializer } from '../../serialize/serializer.js';
import type { RedactOptions } from '../../serialize/redact/redaction.js';
import { shownFacts } from './event-facts.js';

const factsOf = (type: string, data: unknown, redact: RedactOptions = {}) =>
  shownFacts(type, data, createSerializer({ redact }).bytes(data));

it('match the payload', () => {
  expect(factsOf('tool_execution', { name: 'búsqueda "rápida"' })).toEqual({ tool: 'búsqueda "rápida"' });
  expect(factsOf('quote_prepared', { name: 'x' })).toBeUndefined();
});

it('contain nothing that redaction hid', () => {
  const secret = 'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH';
  expect(factsOf('tool_execution', { name: secret })).toBeUndefined();
  expect(factsOf('message_sent', { message_id: 'm1' }, { keys: ['message_id'] })).toBeUndefined();
  expect(factsOf('agent_routing', { from: 'a', to: 'ana@x.mx' }, { patterns: [/\S+@\S+/] })).toBeUndefined();
});

it('contain nothing that a limit cut off', () => {
  expect(factsOf('tool_execution', { name: 'x'.repeat(1_000_000) })).toBeUndefined();
});

it('run no code of the application', () => {
  const data = new Proxy({}, { getOwnPropertyDescriptor: () => ({ value: fail(), configurable: true }) });
  expect(factsOf('tool_execution', data)).toBeUndefined();
});

function fail(): never {
  throw new Error('ran');
}
