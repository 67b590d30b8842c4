import { ITEM, TRACE } from './support/cli-answers.js';
import { FakeServer, json, nestError } from './support/cli-fake-server.js';
import { deferred, removeTemporaryDirectories, runCli, RunningCli } from './support/cli-run.js';

let server: FakeServer;
const running: RunningCli[] = [];

beforeEach(() => {
  server = new FakeServer();
});

afterEach(async () => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
  await server.stop();
});

afterAll(removeTemporaryDirectories);

function watch(...args: string[]): RunningCli {
  const cli = new RunningCli(['watch', '--steps', '--url', server.url, ...args]);
  running.push(cli);
  return cli;
}

const event = (id: string, type: string, data: unknown, more: object = {}) => ({
  id,
  trace_id: ITEM.trace_id,
  contact_id: ITEM.contact_id,
  event: { ...TRACE.events[0], type, data, ...more },
});

const sent = (id: string, text: string) => event(id, 'message_sent', { message: text });

const sse = (type: string, data: { id: string }): string =>
  `event: ${type}\nid: ${data.id}\ndata: ${JSON.stringify(data)}\n\n`;

const started = (id: string, item: object = ITEM) => ({ ...ITEM, ...item, id, events_so_far: [] });

describe('get-trace watch', () => {
  it('prints a line per event with --steps, with its contact, and requests exactly the flags', async () => {
    server.stream((send) => {
      send(sse('trace.started', { ...started('p1'), events_so_far: [TRACE.events[0]] } as never));
      send(sse('trace.event', sent('p2', 'Hola \u001b[2J')));
      send(sse('trace.ended', { ...ITEM, id: 'p3' }));
    });
    await server.start();
    const cli = watch('--steps', '--contact', 'z49', '--status', 'error');
    await cli.until('stdout', 'completed');
    expect(new URL(server.seen[0]!.url, server.url).search).toBe('?contact_id=z49&status=error');
    expect(server.seen[0]!.headers.accept).toBe('text/event-stream');
    const lines = cli.stdout.trimEnd().split('\n');
    expect(lines.every((line) => /^\[2024-01-20 \d\d:\d\d:\d\d\] z49hFQn0DxOX5sInJg60 /.test(line))).toBe(true);
    expect(cli.stdout).toContain('🧠 Intelligence: score=8');
    expect(cli.stdout).toContain('Hola ␛[2J');
    expect(cli.stdout).not.toContain('\u001b');
  });

  it('resumes after the last message when the server restarts: nothing missing, nothing twice', async () => {
    server.stream((send, request, nth) => {
      if (nth === 1) {
        send(sse('trace.event', sent('p1', 'one')));
        send(sse('trace.event', sent('p2', 'two')));
      } else if (request.headers['last-event-id'] === 'p2') send(sse('trace.event', sent('p3', 'three')));
    });
    await server.start();
    const cli = watch();
    await cli.until('stdout', 'two');
    await server.stop();
    await cli.until('stderr', 'Lost ');
    await server.start();
    await cli.until('stdout', 'three');
    expect(cli.stdout.match(/one|two|three/g)).toEqual(['one', 'two', 'three']);
    expect(cli.stderr).toMatch(
      /^Watching http\S+ \(Ctrl-C ends it\)\nLost http\S+ \(.+\); waiting for it to come back\nBack at http\S+\n$/,
    );
  });

  it('waits while a server sends incomplete responses', async () => {
    let refusals = -1;
    server.stream((send, _request, nth) => send(sse('trace.event', sent(`p${nth}`, nth === 1 ? 'one' : 'two'))));
    const stream = server.routes.get('GET /stream')!;
    server.on('GET /stream', (request, response) => {
      refusals += 1;
      if (refusals === 1) return json(503, { statusCode: 503, message: 'starting' })(request, response);
      if (refusals === 2) return json(404, { statusCode: 404, message: 'Cannot GET /' })(request, response);
      return stream(request, response);
    });
    await server.start();
    const cli = watch();
    await cli.until('stdout', 'one');
    await server.stop();
    await server.start();
    await cli.until('stdout', 'two');
    expect(refusals).toBe(3);
  });

  it('misses no trace when the server restarts before the first message', async () => {
    const opened = deferred();
    server.stream((send, _request, nth) => {
      if (nth === 1) return opened.resolve();
      // The stream repeats the end of a trace that the list has just returned.
      send(sse('trace.ended', { ...ITEM, id: 'p8' }));
      return send(sse('trace.event', event('p9', 'message_sent', { message: 'live again' }, { seq: 9 })));
    });
    server.on('GET /traces', json(200, { count: 1, traces: [ITEM], next: null }));
    await server.start();
    const cli = watch();
    await opened.promise;
    await cli.until('stderr', 'Watching');
    await server.stop();
    await cli.until('stderr', 'Lost ');
    await server.start();
    await cli.until('stdout', 'live again');
    expect(cli.stdout).toContain('Intelligence: score=8');
    expect(cli.stdout.match(/■/g)).toHaveLength(1);
    const asked = server.seen.find(({ url }) => url.startsWith('/debug/traces'));
    expect(new URL(asked!.url, server.url).searchParams.has('since')).toBe(true);
  });

  it('needs no list when the server sent its position at the beginning', async () => {
    server.stream((send, request, nth, end) => {
      if (nth > 1) return send(sse('trace.event', sent('p1', `after ${String(request.headers['last-event-id'])}`)));
      send('id: p0\n\n: hello\n\n');
      return end();
    });
    await server.start();
    const cli = watch();
    await cli.until('stdout', 'after p0');
    expect(server.seen.map(({ url }) => url)).toEqual(['/debug/stream', '/debug/stream']);
  });

  it('continues from now when the server refuses the position', async () => {
    server.stream((send, _request, nth) => send(sse('trace.event', sent(`p${nth}`, nth === 1 ? 'one' : 'two'))));
    const stream = server.routes.get('GET /stream')!;
    server.on('GET /stream', (request, response) =>
      request.headers['last-event-id'] === undefined
        ? stream(request, response)
        : json(400, nestError(400, 'BAD_POSITION', 'no such position'))(request, response),
    );
    server.on('GET /traces', json(200, { count: 0, traces: [], next: null }));
    await server.start();
    const cli = watch();
    await cli.until('stdout', 'one');
    await server.stop();
    await server.start();
    await cli.until('stdout', 'two');
    expect(cli.stderr).toContain('has no messages of this position');
  });

  it.each([
    ['around the data', (type: string, data: object) => ({ type, id: '7', data: { data } })],
    [
      'around the data, with more beside',
      (type: string, data: object) => ({ type, id: '7', data: { ok: true, result: data } }),
    ],
    [
      'around the message',
      (type: string, data: object) => ({ type: undefined, id: '7', data: { data: { type, id: 'p1', data } } }),
    ],
  ])('looks through an envelope %s, and resumes by the position inside', async (_where, wrap) => {
    server.stream((send, request, nth) => {
      const text = nth === 1 ? 'one' : `after ${String(request.headers['last-event-id'])}`;
      const { type, id, data } = wrap('trace.event', sent(`p${nth}`, text));
      send(`${type ? `event: ${type}\n` : ''}id: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
    });
    await server.start();
    const cli = watch();
    await cli.until('stdout', "Sent: 'one'");
    await server.stop();
    await server.start();
    await cli.until('stdout', 'after p1');
  });

  it('--until-error ends with 10 at the first error, and prints where', async () => {
    server.stream((send) => {
      send(sse('trace.event', sent('p1', 'fine')));
      send(sse('trace.event', event('p2', 'error', { location: 'Tool.book', message: 'no' }, { name: 'Tool.book' })));
      send(sse('trace.event', sent('p3', 'not any more')));
    });
    await server.start();
    const { code, stdout, stderr } = await watch('--until-error').result;
    expect(stdout).toMatch(/fine.*\n.*ERROR: Tool\.book: no\n$/);
    expect(stderr).toContain(`npx nestjs-trace-collector trace ${ITEM.trace_id}`);
    expect(code).toBe(10);
  });

  it('--until-error also matches a trace that ends as error without one', async () => {
    server.stream((send) => send(sse('trace.ended', { ...ITEM, id: 'p1', status: 'error' } as never)));
    await server.start();
    expect((await watch('--until-error').result).code).toBe(10);
  });

  it('--json is one object per line', async () => {
    server.stream((send) => {
      send(sse('trace.event', sent('p1', 'one')));
      send(sse('trace.event', event('p2', 'error', {}, { name: 'x' })));
    });
    await server.start();
    const { stdout } = await watch('--until-error', '--json').result;
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { schema: 1, type: 'trace.event', id: 'p1', data: sent('p1', 'one') },
      { schema: 1, type: 'trace.event', id: 'p2', data: event('p2', 'error', {}, { name: 'x' }) },
    ]);
  });

  it('Ctrl-C: exit 130, without output', async () => {
    server.stream((send) => send(sse('trace.event', sent('p1', 'one'))));
    await server.start();
    const cli = watch();
    await cli.until('stdout', 'one');
    cli.child.kill('SIGINT');
    expect(await cli.result).toMatchObject({ code: 130, stderr: expect.stringMatching(/^Watching.*\n$/) });
  });

  it('a closed reader: exit 0, without output', async () => {
    const gone = deferred();
    server.stream((send) => {
      send(sse('trace.event', sent('p1', 'one')));
      void gone.promise.then(() => send(sse('trace.event', sent('p2', 'two'))));
    });
    await server.start();
    const cli = watch();
    await cli.until('stdout', 'one');
    cli.child.stdout.once('close', () => gone.resolve()).destroy();
    const { code, stderr } = await cli.result;
    expect(stderr).toMatch(/^Watching.*\n$/);
    expect(code).toBe(0);
  });

  it('ends with the reason where no source exists', async () => {
    server.on('GET /stream', json(401, nestError(401, 'ACCESS_DENIED', 'no')));
    await server.start();
    expect((await watch().result).code).toBe(4);
    await server.stop();
    expect(await runCli(['watch', '--url', server.url])).toMatchObject({ code: 5, stdout: '' });
  });
});
