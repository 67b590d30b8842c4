import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeTemporaryDirectories, runCli, temporaryDirectory } from '../../../test/support/cli-run.js';
import { explain } from '../../../libs/trace/src/capture/request/explain.js';
import { explainMarkdown, explainText } from './explain-text.js';
import { explainAnswer, type ExplainResponse } from './explanation.js';
import { bodyBytes, readBody } from './read-body.js';

interface Asked {
  type?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
}

function answer(text: string, { type, headers = {}, query }: Asked = {}): ExplainResponse {
  const { body, as } = readBody(Buffer.from(text), type);
  const request = { method: 'POST', path: '/webhook', headers, query, body };
  return explainAnswer(request, as, explain(request));
}

const line = JSON.stringify({
  destination: 'U9',
  events: [{ type: 'message', source: { type: 'user', userId: 'UL1' }, message: { id: '1', type: 'sticker' } }],
});

afterAll(removeTemporaryDirectories);

describe('explain', () => {
  it('shows people the contact and the field it came from', () => {
    const text = explainText(answer(line));
    expect(text).toContain('Dialect: line (body read as json)');
    expect(text).toMatch(/contact\s+UL1\s+← events\[\]\.source\.userId/);
    expect(text).toMatch(/text\s+\[sticker\]/);
    expect(text).toMatch(/whatsapp-cloud\s+object is not whatsapp_business_account/);
    expect(text).toContain('Trace id: UL1_<date>_<time>_<microseconds>');
    expect(text).toContain('capture.contactId');
  });

  it('shows models Markdown', () => {
    expect(explainMarkdown(answer(line))).toContain('| 1 | contact | `UL1` | `events[].source.userId` |');
  });

  it('shows where it searched for a contact, and how to name one', () => {
    const text = explainText(answer('{"from":"desk@ours.example","to":"ana@example.com","text":"Hola"}'));
    expect(text).toContain('Contact: unknown (name it with capture.contactId or traceContact())');
    expect(text).toMatch(/no contact in: contactId \(no value\)/);
  });

  it('shows failures, further contacts and unreplaced placeholders', () => {
    const status = (id: string, to: string) => ({
      id,
      status: 'failed',
      recipient_id: to,
      errors: [{ code: 1, title: 'late' }],
    });
    const value = { statuses: [status('w1', '34'), status('w2', '35')] };
    const text = explainText(
      answer(JSON.stringify({ object: 'whatsapp_business_account', entry: [{ changes: [{ value }] }] })),
    );
    expect(text).toContain('notice      failed 1 late (message w1)');
    expect(text).toContain('Other contacts of this request: 35');
    expect(explainText(answer('{"contactId":"{{contact.id}}"}'))).toContain('Unreplaced placeholders in: contactId');
  });

  it('lets no captured text control the terminal, or end its code span', () => {
    const hostile = answer(JSON.stringify({ contactId: '\u001b[2J`|', message: 'a\u202eb`', '\u001b[31m': '{{x}}' }));
    for (const text of [explainText(hostile), explainMarkdown(hostile)]) {
      expect(text.includes('\u001b') || text.includes('\u202e')).toBe(false);
    }
  });

  const parts = (fields: Record<string, string>) =>
    Object.entries(fields)
      .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
      .join('') + '--b--\r\n';

  it.each<[string, string, Asked, [string | null, string, string]]>([
    [
      'a header',
      '{"sender":{"login":"octocat"}}',
      { headers: { 'x-github-event': 'push' } },
      ['github', 'octocat', 'json'],
    ],
    ['a query', '', { query: { contact_id: 'c7' } }, ['generic', 'c7', 'nothing']],
    [
      'a form without a type',
      'AccountSid=AC1&MessageSid=SM1&From=%2B34600000001&Body=Hola',
      {},
      ['twilio', '+34600000001', 'form'],
    ],
    ['a form', 'contactId=c7', { type: 'application/x-www-form-urlencoded' }, ['generic', 'c7', 'form']],
    [
      'parts',
      parts({ from: 'Ana <ana@example.com>', envelope: '{}', SPF: 'pass' }),
      { type: 'multipart/form-data; boundary=b' },
      ['sendgrid', 'ana@example.com', 'multipart'],
    ],
    [
      'two fields of one name: a list, so no contact, as in capture',
      'contactId=c7&contactId=c8',
      { type: 'application/x-www-form-urlencoded' },
      ['generic', 'unknown', 'form'],
    ],
    ['parts without a type', parts({ contactId: 'c7' }), {}, ['generic', 'c7', 'multipart']],
    ['JSON as text', '{"contactId":"c7"}', { type: 'text/plain' }, ['generic', 'c7', 'json']],
    ['a text', 'Hola', { type: 'text/plain' }, ['generic', 'unknown', 'text']],
    ['a byte order mark', '\uFEFF{"contactId":"c7"}', {}, ['generic', 'c7', 'json']],
    ['nothing', '', {}, [null, 'unknown', 'nothing']],
  ])('reads %s', (_, text, asked, [dialect, contact, as]) => {
    expect(answer(text, asked)).toMatchObject({ dialect, contact_id: contact, request: { read_as: as } });
  });

  it('refuses a text that is neither JSON nor has a content type', async () => {
    expect(() => readBody(Buffer.from('{bad'), undefined)).toThrow(/The body is no JSON \(.*name its --content-type/);
    expect(() => readBody(Buffer.from('Hola'), 'application/json')).toThrow(/The body is no JSON/);
    await expect(bodyBytes('no-such-file')).rejects.toThrow("cannot read 'no-such-file' (ENOENT)");
  });

  it('runs without a server and a directory, and returns JSON to programs', async () => {
    const file = join(temporaryDirectory(), 'body.json');
    writeFileSync(file, '{"comment":{"body":"LGTM"},"sender":{"login":"octocat"}}');
    const headers = ['--header', 'X-GitHub-Event: issue_comment', '--header', 'X-GitHub-Delivery: d1'];
    const [json, refused] = await Promise.all([
      runCli(['explain', file, ...headers, '--json']),
      runCli(['explain', '-', '--header', 'bad'], { input: '{}' }),
    ]);
    expect([json.code, json.stderr]).toEqual([0, '']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 1,
      dialect: 'github',
      contact_id: 'octocat',
      shown: 0,
      messages: [{ contact_id: { value: 'octocat', from: 'sender.login' }, message_id: { value: 'd1' } }],
    });
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining("write 'Name: value'") });
  });
});
