import { messageHeaders } from './message-headers.js';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const ALL = { traceparent: PARENT, tracestate: 'a=1', baggage: 'k=v' };
const pairs = new Map(Object.entries(ALL));
const bytes = Object.fromEntries([...pairs].map(([name, text]) => [name, Buffer.from(text)]));

describe('the headers of a message', () => {
  it.each<[string, unknown]>([
    ['NATS', { getSubject: () => 's', getHeaders: () => ({ get: (name: string) => pairs.get(name) ?? '' }) }],
    ['Kafka', { getTopic: () => 't', getMessage: () => ({ value: 'x', headers: bytes }) }],
    ['RabbitMQ', { getMessage: () => ({ content: 'x', properties: { headers: ALL } }) }],
    ['MQTT 5', { getTopic: () => 't', getPacket: () => ({ properties: { userProperties: ALL } }) }],
    ['gRPC', { getMap: () => ({}), get: (name: string) => [pairs.get(name)].filter(Boolean) }],
  ])('are read from %s', (_name, context) => {
    expect(messageHeaders(context)).toEqual(ALL);
  });

  it.each([
    ['no context', undefined],
    ['TCP', { getPattern: () => '{"cmd":"score"}' }],
    ['NATS without headers', { getHeaders: () => undefined }],
    ['RabbitMQ without headers', { getMessage: () => ({ properties: {} }) }],
    ['a Kafka tombstone', { getMessage: () => null }],
    ['values of other types', { getMessage: () => ({ headers: { traceparent: 7, baggage: { a: 1 } } }) }],
    [
      'a context that throws',
      {
        getHeaders: () => {
          throw new Error('planted');
        },
      },
    ],
  ])('are none with %s', (_name, context) => {
    expect(messageHeaders(context)).toEqual({});
  });

  it('with several values are one list, so a second traceparent makes it invalid', () => {
    const headers = { traceparent: [PARENT, PARENT], tracestate: ['a=1', 'b=2'] };
    expect(messageHeaders({ getMessage: () => ({ headers }) })).toEqual({
      traceparent: `${PARENT},${PARENT}`,
      tracestate: 'a=1,b=2',
    });
  });
});
