import { createServer, IncomingMessage, OutgoingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { watchErrorAnswer } from './error-response.js';
import type { ResponseEnd } from './response-listener.js';
import { type ResponseWatcher, setWatcher, watcherOf, watchMethod } from './response-methods.js';
import { knownState } from './response-state.js';
import { watchResponse } from './response-watch.js';

const METHODS = ['end', 'write', 'writeHead'] as const;

function response(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}

/** A listener that notes what it is called with. */
function listener(id: string) {
  const ends: ResponseEnd[] = [];
  return {
    ends,
    onHeaders: () => ({ name: 'x-trace-id', value: id }),
    hasBody: () => true,
    onEnd: (end: ResponseEnd) => void ends.push(end),
  };
}

/** Answers one request. */
async function answered(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Response> {
  const server = createServer(handler);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await answer.text();
    return answer;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

describe('a watched response', () => {
  it('has no method and no accessor of its own', () => {
    const before = Object.keys(response());
    const watched = response();
    watchResponse(watched.req, watched, listener('a'));
    expect(Object.keys(watched)).toEqual(before);
    expect(METHODS.filter((name) => Object.hasOwn(watched, name))).toEqual([]);
  });

  it('is watched at a prototype once, however many responses and copies of the package there are', async () => {
    watchErrorAnswer(response());
    const { get } = Object.getOwnPropertyDescriptor(ServerResponse.prototype, 'end')!;
    const { writeHead } = ServerResponse.prototype;
    const copy = (await import(`${'./response-methods.js'}?copy`)) as { watchMethod: typeof watchMethod };
    expect(copy.watchMethod).not.toBe(watchMethod);
    for (const name of METHODS) copy.watchMethod(response(), name);
    expect(Object.getOwnPropertyDescriptor(ServerResponse.prototype, 'end')!.get).toBe(get);
    expect(ServerResponse.prototype.writeHead).toBe(writeHead);
  });

  it('is seen by the watchers of two copies of the package', async () => {
    const seen: string[] = [];
    const other = (inner: ResponseWatcher | undefined): ResponseWatcher => ({
      inner,
      end: inner?.end,
      endOf: inner?.endOf,
      writeHead: (target, args, writeHead) => (
        seen.push('other head'),
        inner ? inner.writeHead(target, args, writeHead) : writeHead.apply(target, [...args])
      ),
      ended: (target, payload) => (seen.push(`other ${String(payload)}`), inner?.ended(target, payload)),
      wrote: (target, chunk, encoding) => inner?.wrote(target, chunk, encoding),
    });
    const ours = listener('a');
    let answer: unknown;
    const { headers } = await answered((request, target) => {
      watchResponse(request, target, ours);
      setWatcher(target, other(watcherOf(target)));
      target.end('Hola');
      answer = knownState(target)?.answer;
    });
    expect(headers.get('x-trace-id')).toBe('a');
    expect([seen, answer, ours.ends.map(({ status }) => status)]).toEqual([
      ['other Hola', 'other head'],
      'Hola',
      [200],
    ]);
  });

  it('of two applications has the header of the inner one, and reports its end to both', async () => {
    const [outer, inner] = [listener('outer'), listener('inner')];
    const { headers } = await answered((request, target) => {
      watchResponse(request, target, outer);
      watchResponse(request, target, inner);
      target.end();
    });
    expect(headers.get('x-trace-id')).toBe('inner');
    expect([outer.ends.length, inner.ends.length]).toEqual([1, 1]);
  });

  it('gives back what is assigned to `end`, called once and with the same arguments', async () => {
    const calls: unknown[] = [];
    await answered((request, target) => {
      watchResponse(request, target, listener('a'));
      const end = target.end;
      target.end = function (this: ServerResponse, ...args: unknown[]) {
        calls.push(args[0]);
        return (end as (...all: unknown[]) => ServerResponse).call(this, 'made');
      } as never;
      target.end('given');
      calls.push(knownState(target)?.answer);
    });
    expect(calls).toEqual(['given', 'given']);
  });
});

describe('a response that is not watched', () => {
  it('takes an assigned `end` as a property of its own', () => {
    watchErrorAnswer(response());
    const plain = response();
    const end = (() => plain) as never;
    plain.end = end;
    expect(Object.getOwnPropertyDescriptor(plain, 'end')).toEqual({
      value: end,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  });

  it('is answered as always', async () => {
    watchMethod(response(), 'write');
    const answer = await answered((_request, target) => {
      target.writeHead(201, { 'x-own': '1' });
      target.write('a');
      target.end('b');
    });
    expect([answer.status, answer.headers.get('x-own'), answer.headers.get('x-trace-id')]).toEqual([201, '1', null]);
  });

  it('may be of a class with methods of its own', () => {
    class Simulated extends ServerResponse {
      override end(...args: never[]): this {
        return super.end(...args);
      }
    }
    const simulated = new Simulated(new IncomingMessage(new Socket()));
    watchErrorAnswer(simulated).errorAnswer = undefined;
    simulated.statusCode = 400;
    simulated.end('refused' as never);
    expect(knownState(simulated)).toMatchObject({ answer: 'refused', errorAnswer: 'refused' });
    expect(Object.hasOwn(simulated, 'end')).toBe(false);
  });

  it('may be of such a class with an `end` that is wrapped', () => {
    const calls: string[] = [];
    class Simulated extends ServerResponse {
      override end(...args: never[]): this {
        calls.push('class');
        return super.end(...args);
      }
    }
    watchErrorAnswer(response());
    const simulated = new Simulated(new IncomingMessage(new Socket()));
    watchErrorAnswer(simulated);
    const { end } = simulated;
    simulated.end = function (this: ServerResponse) {
      calls.push('wrapper');
      return (end as () => ServerResponse).call(this);
    } as never;
    simulated.end('Hola' as never);
    expect([calls, knownState(simulated)?.answer]).toEqual([['wrapper', 'class'], 'Hola']);
  });

  it('shares no method with requests to other servers', () => {
    watchErrorAnswer(response());
    watchMethod(response(), 'write');
    for (const name of ['end', 'write']) {
      expect(Object.getOwnPropertyDescriptor(OutgoingMessage.prototype, name)).toHaveProperty('value');
    }
  });
});
