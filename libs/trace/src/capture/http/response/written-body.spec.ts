import { createServer, type ServerResponse } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { takeAnswer, watchErrorAnswer } from './error-response.js';
import { watchWrites, type WrittenBody, writtenBody } from './written-body.js';

type Handler = (response: ServerResponse) => void;

interface Seen {
  /** What the client received. */
  received: Buffer;
  body: WrittenBody | undefined;
}

/** Answers one request by `handler`, watched as capture does. */
async function answered(handler: Handler, version: 1 | 2 = 1, encoding = ''): Promise<Seen> {
  let body: WrittenBody | undefined;
  const serve = (_request: unknown, response: ServerResponse): void => {
    watchErrorAnswer(response);
    watchWrites(response);
    response.once('finish', () => (body = writtenBody(response, takeAnswer(response), encoding)));
    handler(response);
  };
  const server: Server = version === 1 ? createServer(serve) : createHttp2Server(serve as never);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const received = version === 1 ? Buffer.from(await (await fetch(url)).arrayBuffer()) : await get2(url);
    return { received, body };
  } finally {
    server.close();
    if ('closeAllConnections' in server) (server as ReturnType<typeof createServer>).closeAllConnections();
  }
}

function get2(url: string): Promise<Buffer> {
  return new Promise((done, fail) => {
    const session = connect(url);
    const stream = session.request({ ':path': '/' });
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', fail);
    stream.on('end', () => {
      session.close();
      done(Buffer.concat(chunks));
    });
    stream.end();
  });
}

const HOLA = { text: 'Hola', whole: true };

describe('the body that a handler writes', () => {
  describe.each([1, 2] as const)('over HTTP/%i', (version) => {
    it.each<[string, Handler]>([
      ['whole', (response) => response.end('Hola')],
      ['in parts', (response) => (response.write('Ho'), response.write(Buffer.from('la')), response.end())],
      ['in parts, the last with the end', (response) => (response.write('Ho'), response.end('la'))],
      ['in another encoding', (response) => (response.write('486f', 'hex'), response.end('la'))],
    ])('%s, once, with its bytes unchanged', async (_how, handler) => {
      const { received, body } = await answered(handler, version);
      expect(received.toString()).toBe('Hola');
      expect(body).toEqual(HOLA);
    });
  });

  it('is copied: the application may use its buffer again', async () => {
    const { body } = await answered((response) => {
      const buffer = Buffer.from('Hola');
      response.write(buffer, () => {
        buffer.fill('x');
        response.end();
      });
    });
    expect(body).toEqual(HOLA);
  });

  it('is bounded, and passes on whole', async () => {
    const { received, body } = await answered((response) => {
      for (let n = 0; n < 200; n += 1) response.write('ñ'.repeat(1_000));
      response.end();
    });
    expect(received).toHaveLength(400_000);
    expect(body!.whole).toBe(false);
    expect(Buffer.byteLength(body!.text!)).toBeLessThan(66_000);
  });

  it.each<[string, (text: string) => Buffer]>([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ])('is inflated where it came as %s', async (encoding, compress) => {
    const { body } = await answered((response) => response.end(compress('Hola')), 1, encoding);
    expect(body).toEqual(HOLA);
  });

  it.each([
    ['a bomb', gzipSync(Buffer.alloc(10_000_000, 'x')), 'gzip'],
    ['no gzip', Buffer.from([0, 1, 2, 3]), 'gzip'],
    ['a picture', Buffer.from([0x89, 0x50, 0, 0, 0, 0x0d]), ''],
    ['an encoding that is not known', Buffer.from([0x28, 0xb5, 0, 1]), 'zstd'],
  ])('is not made up: %s', async (_what, bytes, encoding) => {
    const { received, body } = await answered((response) => response.end(bytes), 1, encoding);
    expect(received).toHaveLength(bytes.length);
    expect(body).toEqual({ text: undefined, whole: true });
  });

  it('is plain where a middleware compressed below', async () => {
    const { body } = await answered((response) => response.end('Hola'), 1, 'gzip');
    expect(body).toEqual(HOLA);
  });

  it('is none where nothing was written', async () => {
    expect((await answered((response) => response.end())).body).toBeUndefined();
  });
});
