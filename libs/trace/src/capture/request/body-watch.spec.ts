import { createServer, IncomingMessage } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { BodyWatch } from './body-watch.js';

function upload(): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.method = 'POST';
  return request;
}

describe('the watched body of a request', () => {
  it('is seen by each watch, until that watch is stopped', () => {
    const request = upload();
    const [outer, inner] = [BodyWatch.of(request)!, BodyWatch.of(request)!];
    request.push(Buffer.from('Ho'));
    outer.stop();
    request.push(Buffer.from('la'));
    inner.stop();
    request.push(Buffer.from('!'));
    expect([outer.total, inner.total]).toEqual([2, 4]);
    expect(String(request.read())).toBe('Hola!');
  });

  it('leaves the request without a method of its own, and streams in general as they are', () => {
    const { push } = Readable.prototype;
    const request = upload();
    const watch = BodyWatch.of(request)!;
    expect(Object.hasOwn(request, 'push')).toBe(false);
    watch.stop();
    expect(Object.hasOwn(request, 'push')).toBe(false);
    expect(Readable.prototype.push).toBe(push);
  });

  it('is counted once where the request has a `push` of its own', () => {
    BodyWatch.of(upload());
    const request = upload();
    const original = request.push;
    request.push = function (this: IncomingMessage, ...args: [unknown]) {
      return original.apply(this, args);
    };
    const watch = BodyWatch.of(request)!;
    request.push(Buffer.from('Hola'));
    request.push(null);
    expect([watch.total, watch.complete, watch.bytes.toString()]).toEqual([4, true, 'Hola']);
  });

  it('is counted once in requests of several frameworks, each with prototypes of its own', () => {
    for (const prototypes of [0, 1, 2, 2]) {
      const request = upload();
      for (let n = 0; n < prototypes; n += 1) {
        Object.setPrototypeOf(request, Object.create(Object.getPrototypeOf(request) as object) as object);
      }
      const watch = BodyWatch.of(request)!;
      request.push(Buffer.from('Hola'));
      expect([prototypes, watch.total]).toEqual([prototypes, 4]);
    }
  });

  it('arrives as always', async () => {
    let seen: BodyWatch | undefined;
    const server = createServer((request, response) => {
      seen = BodyWatch.of(request);
      request.pipe(response);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: 'Hola' });
    expect(await answer.text()).toBe('Hola');
    expect([seen?.whole, seen?.bytes.toString()]).toEqual([true, 'Hola']);
    server.close();
    server.closeAllConnections();
  });
});
