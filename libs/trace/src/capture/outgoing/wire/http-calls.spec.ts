import { once } from 'node:events';
import http from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import https from 'node:https';
import { gunzipSync } from 'node:zlib';
import { CallRecorder } from '../../../../../../test/support/outgoing-http/call-recorder.js';
import { ENDINGS } from '../../../../../../test/support/outgoing-http/http-endings.js';
import { FORMS, post, to, useServer } from '../../../../../../test/support/outgoing-http/http-forms.js';
import type { Form } from '../../../../../../test/support/outgoing-http/http-forms.js';
import { startRun } from '../../../../../../test/support/outgoing-http/request-log.js';
import { BIG, received, startServer, stopServer } from '../../../../../../test/support/outgoing-http/way-server.js';
import { runUnobserved, runWith } from '../../../context/trace-context.js';
import { installHttpCalls } from './http-calls.js';

let url: string;

const ENDS = /^(finished|left|failed )/;

async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; turns < 2_000 && !holds(); turns += 1)
    await new Promise((resolve) => void setTimeout(resolve, 1));
}

/** Runs a form and returns what the application and the server saw. */
async function transcript(form: Form): Promise<string[]> {
  // Each run begins without connections.
  http.globalAgent.destroy();
  const run = startRun();
  received.length = 0;
  await form.run(run);
  run.agent.destroy();
  return [...run.log, ...received];
}

async function observed(form: Form, recorder: CallRecorder): Promise<string[]> {
  const remove = installHttpCalls();
  try {
    const seen = await runWith({ recorder, key: 'trace' }, () => transcript(form));
    await until(() => recorder.calls.every(({ seen: of }) => ENDS.test(of.at(-1) ?? '')));
    return seen;
  } finally {
    remove();
  }
}

describe('calls by node:http', () => {
  beforeAll(async () => {
    url = await startServer();
    useServer(url);
  });

  afterAll(stopServer);

  describe.each([...FORMS, ...ENDINGS].map((form) => [form.name, form] as const))('%s', (_name, form) => {
    it('are the same as without us, and seen as they were', async () => {
      const without = await transcript(form);
      const recorder = new CallRecorder();
      expect(await observed(form, recorder)).toEqual(without);
      expect(recorder.calls.map(({ seen }) => seen)).toEqual(
        form.sees.map((seen) =>
          seen.map((text) => (typeof text === 'string' ? text : (expect.stringMatching(text) as string))),
        ),
      );
      expect(recorder.internalErrors).toEqual([]);
    });

    it('are the same when each of our hooks throws', async () => {
      const without = await transcript(form);
      const recorder = new CallRecorder();
      recorder.hostile = true;
      expect(await observed(form, recorder)).toEqual(without);
      expect(recorder.internalErrors.length).toBeGreaterThan(0);
    });
  });

  it('are the same when the recorder throws', async () => {
    const [form] = FORMS as [Form];
    const without = await transcript(form);
    const recorder = new CallRecorder();
    recorder.call = () => {
      throw new Error('planted');
    };
    expect(await observed(form, recorder)).toEqual(without);
    expect(recorder.internalErrors).toHaveLength(1);
  });

  describe('while installed', () => {
    let recorder: CallRecorder;
    let remove: () => void;
    const traced = <R>(fn: () => R, key = 'trace'): R => runWith({ recorder, key }, fn);
    const get = async (way: string, options: http.RequestOptions = {}): Promise<Buffer> => {
      const [response] = (await once(http.get(to(way), options), 'response')) as [IncomingMessage];
      return Buffer.concat((await response.toArray()) as Buffer[]);
    };

    beforeEach(() => {
      recorder = new CallRecorder();
      remove = installHttpCalls();
    });

    afterEach(() => remove());

    it('touches no request outside a trace, and none that the recorder declines', async () => {
      const names = (request: ClientRequest): string[] =>
        ['write', 'end', 'destroy', 'emit'].filter((name) => Object.hasOwn(request, name));
      const outside = http.get(to('echo'));
      expect(names(outside)).toEqual([]);
      recorder.call = () => undefined;
      const declined = traced(() => http.get(to('echo')));
      expect(names(declined)).toEqual([]);
      await Promise.all(
        [once(outside, 'close'), once(declined, 'close')].map((closed, at) => {
          [outside, declined][at]!.on('response', (response: IncomingMessage) => response.resume());
          return closed;
        }),
      );
    });

    it('gives method, host, path and headers', async () => {
      await traced(() => get('echo?a=b', { headers: { 'X-Key': 'k' } }));
      const [{ target }] = recorder.calls as [(typeof recorder.calls)[0]];
      expect(target).toMatchObject({ method: 'GET', host: new URL(url).host, path: '/echo?a=b', secure: false });
      expect(target.headers).toMatchObject({ 'x-key': 'k', host: new URL(url).host });
    });

    it('gives the host without the port of its scheme, and the URL that a proxy is asked for', () => {
      const targets = [
        () => http.get('http://API.example:80/a'),
        () => https.get('https://api.example/b'),
        () => https.get('https://api.example/c', { headers: { host: 'api.example:443' } }),
        () => https.get({ host: '::1', port: 8443, path: '/d' }),
        () => http.get({ host: 'proxy.example', port: 3128, path: 'https://api.example/v1/e?f=1' }),
        () => http.get({ host: 'api.example', port: 81, path: '/g', setHost: false }),
      ].map((call) => {
        traced(call)
          .on('error', () => undefined)
          .destroy();
        const { host, path, secure } = recorder.calls.at(-1)!.target;
        return `${secure} ${host} ${path}`;
      });
      expect(targets).toEqual([
        'false api.example /a',
        'true api.example /b',
        'true api.example /c',
        'true [::1]:8443 /d',
        'true api.example /v1/e?f=1',
        'false api.example /g',
      ]);
    });

    it('adds a header where the request has none of the name and can still take one', async () => {
      recorder.header = ['traceparent', 'ours'];
      received.length = 0;
      await traced(() => get('echo'));
      await traced(() => get('echo', { headers: { traceparent: 'theirs' } }));
      await traced(() => get('echo', { headers: ['Host', 'x'] as never }));
      expect(received.map((text) => /traceparent\|(\w+)/.exec(text)?.[1])).toEqual(['ours', 'theirs', undefined]);
      expect(recorder.calls.map(({ seen }) => seen[0])).toEqual(['set true', 'set false', 'set false']);
    });

    it('sees the bytes of a compressed and of a long response as they were sent', async () => {
      const texts = await traced(() => Promise.all([get('gzip'), get('big')]));
      const [zipped, long] = recorder.calls.map(({ bytes }) => Buffer.concat(bytes));
      expect(gunzipSync(zipped!).toString()).toBe('hola');
      expect([zipped!.equals(texts[0]!), long!.equals(texts[1]!), long!.length]).toEqual([true, true, BIG.length]);
    });

    it('puts each call into its own trace over few connections', async () => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
      const ask = async (at: number): Promise<void> => {
        const request = post('echo', { agent });
        request.end(`from ${at}`);
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        for await (const _ of response);
      };
      await Promise.all(Array.from({ length: 300 }, (_, at) => traced(() => ask(at), `trace ${at}`)));
      const wrong = recorder.calls.filter(
        ({ trace, seen }) =>
          !seen.includes(`sent:${trace.replace('trace', 'from')}`) ||
          !seen.includes(`received:${trace.replace('trace', 'from')}`),
      );
      expect([recorder.calls.length, wrong.length]).toEqual([300, 0]);
      agent.destroy();
    });

    it('observes a call once, whatever number of applications installed it', async () => {
      const second = installHttpCalls();
      await traced(() => get('echo'));
      expect(recorder.calls).toHaveLength(1);
      second();
      second();
      await traced(() => get('echo'));
      expect(recorder.calls).toHaveLength(2);
      remove();
      await traced(() => get('echo'));
      expect(recorder.calls).toHaveLength(2);
    });

    it('leaves out the call that is observed further outside, and no other', async () => {
      const ref = { recorder, key: 'trace' };
      const target = { method: 'GET', host: new URL(url).host, path: '/echo', secure: false };
      await runWith(ref, () => runUnobserved(ref, target, () => get('echo')));
      expect(recorder.calls).toEqual([]);
      const elsewhere = { ...target, host: 'api.example', path: '/v1' };
      await runWith(ref, () => runUnobserved(ref, elsewhere, () => get('echo')));
      expect(recorder.calls).toHaveLength(1);
    });

    it('keeps a method that the application replaced itself', async () => {
      const written: unknown[] = [];
      const request = traced(() => post('echo'));
      const { end } = request;
      request.end = function (this: ClientRequest, ...args: unknown[]) {
        written.push(args[0]);
        return Reflect.apply(end, this, args as never[]) as ClientRequest;
      };
      request.end('hola');
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      for await (const _ of response);
      expect(written).toEqual(['hola']);
      expect(recorder.calls[0]!.seen).toContain('sent:hola');
    });
  });
});
