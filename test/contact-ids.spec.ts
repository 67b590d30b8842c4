import { Body, Controller, Post } from '@nestjs/common';
import { runInTrace, traceContact, traceEvent } from 'nestjs-trace-collector';
import { QUESTIONS } from '../libs/trace/src/contract/questions.js';
import { requestOf } from '../libs/trace/src/contract/request-of.js';
import { removeTemporaryDirectories, runCli } from './support/cli-run.js';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';

@Controller('webhook')
class ContactController {
  @Post('body')
  body() {
    return 'ok';
  }

  @Post('named')
  named(@Body() { crm }: { crm: string }) {
    traceContact(crm);
    return 'ok';
  }

  @Post('job')
  job(@Body() { job }: { job: string }) {
    runInTrace({ contactId: job, type: 'job' }, () => traceEvent('step'));
    return 'ok';
  }
}

/** An id from a sender, and its recorded form. */
const IDS: [string, string, string?][] = [
  ['a phone number', '+5215512344821'],
  ['a negative number', '-1001234567'],
  ['a leading dash', '-abc'],
  ['an option', '--help'],
  ['an emoji', '👩‍🚀'],
  ['text from right to left', 'مرحبا'],
  ['a slash', 'group/1'],
  ['a percent sign', '100%25'],
  ['a question mark and a hash', 'a?b#c&d=e'],
  ['quotes', `a"b'c\\d`],
  ['control characters', 'a\u0000b\nc\u0085', 'a\ufffdb\ufffdc\ufffd'],
  ['an escape sequence', '\u001b[31mred', '\ufffd[31mred'],
  ['half a pair of surrogates', 'x\ud83dy', 'x\ufffdy'],
  ['256 characters', 'x'.repeat(256)],
  ['a folder', '.'],
  ['the folder above', '..'],
  ['the name of a route', 'conversation'],
];

afterAll(removeTemporaryDirectories);

describe.each(ADAPTERS)('contact ids on %s', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({ adapter, controllers: [ContactController] });
  });
  afterAll(() => app.close());

  const callTool = async (name: string, given: object): Promise<any> => {
    const text = await app.callTool(name, given);
    return JSON.parse(JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text).result.content[0].text);
  };

  it.each(IDS)('every query finds %s, as it was sent and as it is recorded', async (_, sent, recorded = sent) => {
    const response = await app.post('/webhook/body', { contactId: sent, message: 'hola' });
    const id = response.headers.get('x-trace-id')!;
    expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9.-]{0,63}_\d{8}_\d{6}_\d{6}$/);
    expect(await app.debug(`/trace/${id}`)).toMatchObject({ trace_id: id, contact_id: recorded });
    for (const asked of [sent.toWellFormed(), recorded]) {
      const part = encodeURIComponent(asked);
      const { traces } = await app.debug(`/traces?contact_id=${part}`);
      expect(traces).toMatchObject([{ trace_id: id, contact_id: recorded }]);
      // No client sends `.` and `..` as a segment, and Fastify accepts segments of 100 characters.
      const inPath = asked.length <= 100 && !/^\.\.?$/.test(asked);
      for (const form of inPath ? [`/${part}`, `?contact_id=${part}`] : [`?contact_id=${part}`]) {
        expect(await app.debug(`/quick-debug${form}`)).toMatchObject({ latest_trace: { trace_id: id } });
        expect(await app.debug(`/contacts${form}`)).toMatchObject({ contact_id: recorded, count: 1 });
      }
      const talk = [`/conversation?contact_id=${part}`, ...(inPath ? [`/contacts/${part}/conversation`] : [])];
      for (const path of talk) expect(await app.debug(path)).toMatchObject({ contact_id: recorded, count: 1 });
      expect(await callTool('find_traces', { contact_id: asked })).toMatchObject({ count: 1 });
      expect(await callTool('contact_timeline', { contact_id: asked })).toMatchObject({ count: 1 });
      if (!/["\s]/.test(asked)) expect((await app.debug(`/traces?q=contact:"${part}"`)).count).toBe(1);
    }
    const { method, target } = requestOf(QUESTIONS.eraseContact, { contact_id: recorded });
    const erased = await fetch(`${app.url}/debug/${target}`, { method });
    expect(await erased.json()).toMatchObject({ removed: 1 });
    expect((await app.debug(`/traces?contact_id=${encodeURIComponent(recorded)}`)).count).toBe(0);
  });

  it.each([
    ['traceContact', '/webhook/named', 'crm'],
    ['runInTrace', '/webhook/job', 'job'],
  ])('%s records by the same rule', async (_, path, field) => {
    const sent = `${field}\u0007-${'y'.repeat(300)}`;
    await app.post(path, { contactId: `${field}-sender`, [field]: sent });
    const { traces } = await app.debug(`/traces?contact_id=${encodeURIComponent(sent)}`);
    expect(traces).toHaveLength(1);
    expect(traces[0].contact_id).toMatch(/^\w+\ufffd-y+~[0-9a-f]{12}$/);
    expect(traces[0].contact_id).toHaveLength(256);
  });
});

/** A batch of WhatsApp: two contacts wrote, one of them twice. */
const batch = {
  object: 'whatsapp_business_account',
  entry: [
    ['ana-wa', 'hola'],
    ['beto-wa', 'buenas'],
    ['ana-wa', 'hay citas?'],
  ].map(([from, body], n) => ({
    changes: [{ field: 'messages', value: { messages: [{ from, id: `wamid.${n}`, type: 'text', text: { body } }] } }],
  })),
};

describe('two contacts in one POST', () => {
  let app: RunningApp;
  let id: string;
  beforeAll(async () => {
    app = await startApp({ controllers: [ContactController] });
    id = (await app.post('/webhook/body', batch)).headers.get('x-trace-id')!;
  });
  afterAll(() => app.close());

  const received = [
    "📥 Received: 'hola' (ana-wa)",
    "📥 Received: 'buenas' (beto-wa)",
    "📥 Received: 'hay citas?' (ana-wa)",
  ];
  const lines = (timeline: string[]) => timeline.filter((line) => line.includes('📥')).map((line) => line.slice(11));

  it('are both in the list of each, in the trace and in its timeline', async () => {
    for (const contact of ['ana-wa', 'beto-wa']) {
      const { traces } = await app.debug(`/traces?contact_id=${contact}`);
      expect(traces).toMatchObject([{ trace_id: id, contact_id: 'ana-wa', contacts: ['ana-wa', 'beto-wa'] }]);
      const { latest_trace } = await app.debug(`/quick-debug/${contact}`);
      expect(lines(latest_trace.timeline)).toEqual(received);
    }
    expect(await app.debug(`/trace/${id}`)).toMatchObject({ contacts: ['ana-wa', 'beto-wa'] });
    expect((await app.debug('/traces?q=-contact:beto-wa')).count).toBe(0);
  });

  it('have their own words in the conversation', async () => {
    const words = async (contact: string) => (await app.debug(`/contacts/${contact}/conversation`)).turns[0].message;
    expect(await words('ana-wa')).toBe('hola\nhay citas?');
    expect(await words('beto-wa')).toBe('buenas');
  });

  it('leave the keys of the export unchanged', async () => {
    const exported = await app.debug(`/trace/${id}/export`);
    expect(lines(exported.timeline)).toEqual(received);
    expect(exported).not.toHaveProperty('contacts');
  });

  it('are both on the command line', async () => {
    const { stdout } = await runCli(['list'], { env: { TRACE_URL: app.url } });
    expect(stdout).toContain('ana-wa, beto-wa');
  });
});

describe('contact ids on the command line', () => {
  let app: RunningApp;
  const long = 'z'.repeat(200);
  const sent = ['-1001234567', '-abc', 'a\nb', '..', long];
  beforeAll(async () => {
    app = await startApp({ adapter: 'fastify', controllers: [ContactController] });
    await Promise.all(sent.map((contactId) => app.post('/webhook/body', { contactId, message: 'hola' })));
  });
  afterAll(() => app.close());

  it.each([
    ['a negative number', ['contact', '-1001234567'], '-1001234567'],
    ['a leading dash, after --', ['debug', '--raw', '--', '-abc'], '-abc'],
    ['a leading dash, as an option', ['list', '--raw', '--contact', '-abc'], '-abc'],
    ['a control character', ['contact', '--raw', 'a\nb'], 'a\ufffdb'],
    ['the folder above', ['debug', '--raw', '..'], '".."'],
    ['200 characters', ['contact', '--raw', long], long],
    ['the folder above, to be erased', ['forget', '--raw', '-f', '..'], '"removed":1'],
  ])('accepts %s', async (_, args, contact) => {
    const { code, stdout, stderr } = await runCli(args, { env: { TRACE_URL: app.url } });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(contact);
  });
});
