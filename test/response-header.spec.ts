import { createRequire } from 'node:module';
import { Controller, Header, type INestApplication, Post, Res } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { rows, startTableApp, type TableParts } from './support/route-table.js';

const express: any = createRequire(import.meta.url)('express');
const THEIRS = '4bf92f3577b34da6a3ce929d0e0e4736';

@Controller('webhook')
class Both {
  @Post()
  plain(): string {
    return 'ok';
  }

  @Post('decorated')
  @Header('X-Trace-Id', THEIRS)
  decorated(): string {
    return 'ok';
  }
}

@Controller('webhook')
class OnExpress {
  @Post('set')
  set(@Res() response: any): void {
    response.setHeader('X-Trace-ID', THEIRS);
    response.end('ok');
  }

  @Post('append')
  append(@Res() response: any): void {
    response.append('x-trace-id', THEIRS).send('ok');
  }

  @Post('node-append')
  nodeAppend(@Res() response: any): void {
    response.appendHeader('x-trace-id', THEIRS);
    response.end('ok');
  }

  @Post('head')
  head(@Res() response: any): void {
    response.writeHead(200, { 'X-Trace-Id': THEIRS }).end('ok');
  }

  @Post('message')
  message(@Res() response: any): void {
    response.writeHead(200, 'Fine', { 'x-trace-id': THEIRS }).end('ok');
  }

  /** Like a proxy that passes on the upstream's headers. */
  @Post('list')
  list(@Res() response: any): void {
    response.writeHead(200, ['Via', 'up', 'X-Trace-Id', THEIRS, 'set-cookie', 'a=1']).end('ok');
  }
}

@Controller('webhook')
class OnFastify {
  @Post('reply')
  reply(@Res() reply: any): void {
    reply.header('X-Trace-Id', THEIRS).send('ok');
  }

  @Post('raw')
  raw(@Res() reply: any): void {
    reply.hijack();
    reply.raw.writeHead(200, [
      ['x-trace-id', THEIRS],
      ['set-cookie', 'a=1'],
    ]);
    reply.raw.end('ok');
  }

  @Post('other-raw')
  otherRaw(@Res() reply: any): void {
    reply.hijack();
    reply.raw.writeHead(200, ['set-cookie', 'a=1', 'set-cookie', 'b=2']);
    reply.raw.end('ok');
  }
}

async function heads(parts: TableParts, paths: string[]): Promise<Record<string, string>> {
  const app = await startTableApp(parts);
  const found: Record<string, string> = {};
  for (const path of paths) {
    const { head } = await app.send(rows(`POST /webhook${path}`)[0]!, '{"contactId":"34600111222"}');
    found[path] = head
      .split('\r\n')
      .filter((line) => /^(x-trace-id|x-other|set-cookie):/i.test(line))
      .map((line) => line.toLowerCase().replace(/34600111222_[\d_]+/, 'OURS'))
      .join('; ');
  }
  await app.close();
  return found;
}

const EXPRESS_PATHS = ' /decorated /set /append /node-append /head /message /list'.split(' ');

const theirs = `x-trace-id: ${THEIRS}`;

describe('the response header', () => {
  it('is unchanged where the application set it, on express', async () => {
    expect(await heads({ adapter: new ExpressAdapter(), controllers: [Both, OnExpress] }, EXPRESS_PATHS)).toEqual({
      '': 'x-trace-id: OURS',
      '/decorated': theirs,
      '/set': theirs,
      '/append': theirs,
      '/node-append': theirs,
      '/head': theirs,
      '/message': theirs,
      '/list': `${theirs}; set-cookie: a=1`,
    });
  });

  it('is unchanged where the application set it, on fastify', async () => {
    expect(
      await heads({ adapter: new FastifyAdapter() as any, controllers: [Both, OnFastify] }, [
        '',
        '/decorated',
        '/reply',
        '/raw',
        '/other-raw',
      ]),
    ).toEqual({
      '': 'x-trace-id: OURS',
      '/decorated': theirs,
      '/reply': theirs,
      '/raw': `${theirs}; set-cookie: a=1`,
      '/other-raw': 'set-cookie: a=1; set-cookie: b=2; x-trace-id: OURS',
    });
  });

  it('is unchanged where a middleware sets it, before or when the headers are sent, around ours or inside', async () => {
    const late = (add: (response: any) => void) => (_request: unknown, response: any, next: () => void) => {
      const { writeHead } = response;
      response.writeHead = function (this: any, ...args: unknown[]) {
        add(this);
        return writeHead.apply(this, args);
      };
      next();
    };
    const set = late((response) => response.setHeader('x-trace-id', THEIRS));
    const appends = late((response) => response.appendHeader('x-trace-id', THEIRS));
    const unlessSet = late((response) => response.hasHeader('x-trace-id') || response.setHeader('x-trace-id', THEIRS));
    for (const middleware of [set, appends, unlessSet]) {
      const configure = (app: INestApplication): void => void app.use(middleware);
      expect(await heads({ adapter: new ExpressAdapter(), controllers: [Both], configure }, [''])).toEqual({
        '': theirs,
      });
      const earlier = new ExpressAdapter(express().use(middleware));
      expect(await heads({ adapter: earlier, controllers: [Both] }, [''])).toEqual({ '': theirs });
    }
  });

  it.each<[string | false, string]>([
    ['X-Other', 'x-other: OURS'],
    [false, ''],
  ])('has the name %s of capture.responseHeader', async (responseHeader, line) => {
    for (const adapter of [new ExpressAdapter(), new FastifyAdapter() as any]) {
      const found = await heads({ adapter, controllers: [Both], options: { capture: { responseHeader } } }, ['']);
      expect(found).toEqual({ '': line });
    }
  });

  it.each(['a b', '', 'x:y', 'x\r\ny', 7, true])('refuses %j as a name', async (responseHeader) => {
    const start = startTableApp({
      adapter: new ExpressAdapter(),
      options: { capture: { responseHeader: responseHeader as never } },
    });
    await expect(start).rejects.toThrow(/capture\.responseHeader.*allowed: the name of an HTTP header/);
  });
});
