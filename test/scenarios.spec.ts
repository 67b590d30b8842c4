import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { removeTemporaryDirectories, runCli } from './support/cli-run.js';
import { ended, sendMessage, startExampleApp, type RunningExample } from './support/example.js';

interface Scenario {
  title: string;
  path: string;
  headers?: Record<string, string>;
  body: { contactId: string; body: string };
}

/** The expected first lines of the Markdown for each scenario, and whether a reply was sent. */
const CAUSES: Record<string, { reply: boolean; says: RegExp[] }> = {
  'a booking': { reply: true, says: [/^\*\*✅ completed\*\*/m, /Workflow completed successfully/] },
  'a slow one': { reply: true, says: [/Slow: \d+\.\d s, of which prepare_quote took 5\.\d s/, /prepare_quote/] },
  'one left unanswered': {
    reply: false,
    says: [/^\*\*🔇 silent\*\*/m, /no reply was recorded/, /Agent `maria` ended with .*the contact said goodbye/],
  },
  'a routing loop': {
    reply: true,
    says: [/Routing loop: carlos → maria → carlos/, /Why it was passed on: .*carlos → maria: .*maria → carlos: /],
  },
  'a rejected signature': {
    reply: false,
    says: [/Refused: HTTP 401.*: The signature does not fit the body/, /POST \/webhook\/signed/],
  },
  'a slow model': {
    reply: true,
    says: [/\d+% of the time was spent waiting for 127\.0\.0\.1/, /Models: 1 model call, 52→14 tokens/],
  },
  'a busy model': {
    reply: true,
    says: [/127\.0\.0\.1:\d+ answered 429 twice, then 200/, /Models: 3 model calls, 54→14 tokens, \$0\.00003\d/],
  },
  'a reply refused': {
    reply: false,
    says: [/The reply was refused: meta 400 131047 Re-engagement message/, /^\*\*🔇 silent\*\*/m],
  },
  'an answer cut off': { reply: true, says: [/The answer of gpt-5-mini was cut at the limit of tokens/] },
  'an empty answer': { reply: false, says: [/gpt-5-mini answered with nothing \(finish_reason stop\)/] },
  'a tool not run': {
    reply: false,
    says: [/gpt-5-mini asked for the tool find_coupon; no run of it was recorded/],
  },
  'the same call again': { reply: true, says: [/The same call was made 3 times: tool find_orders/] },
  'a failed call': { reply: true, says: [/Failed call: PUT 127\.0\.0\.1:\d+\/contacts\/\{id\} → 503/] },
  'an error only logged': {
    reply: true,
    says: [/An error was logged: \[LeadWorkflow\] TypeError: The newsletter could not be updated: Cannot read/],
  },
  'a tool that fails': {
    reply: false,
    says: [
      /Error in book_appointment: The calendar service did not take the appointment/,
      /Root cause: .*connect ECONNREFUSED 203\.0\.113\.7:443/,
      /Where: `at CalendarTool\.book \(/,
    ],
  },
};

const head = (markdown: string): string => markdown.split('\n').slice(0, 15).join('\n');

describe('the scenarios of the demo, for a reader of fifteen lines', () => {
  let example: RunningExample;
  let scenarios: readonly Scenario[];
  const ids = new Map<string, string>();

  beforeAll(async () => {
    ({ SCENARIOS: scenarios } = await import(pathToFileURL(join(process.cwd(), 'dist/src/example/scenarios.js')).href));
    // At its own pace: at a higher speed the slow one is not slow.
    example = await startExampleApp({ EXAMPLE_SPEED: undefined });
    // A completed trace, as the comparison for the failed ones.
    await sendMessage(example.url, 'ok77', 'Quiero agendar una cita');
    await Promise.all(scenarios.map(async (scenario) => ids.set(scenario.title, await send(scenario))));
  }, 40_000);

  afterAll(async () => {
    await example?.stop();
    removeTemporaryDirectories();
  });

  const send = async ({ path, headers, body }: Scenario): Promise<string> => {
    const response = await fetch(example.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const id = response.headers.get('x-trace-id') ?? '';
    await ended(example.url, id);
    return id;
  };
  const exported = async (id: string): Promise<string> =>
    (await fetch(`${example.url}/debug/trace/${id}/export?format=md`)).text();

  it('cover the scenarios of this test', () => {
    expect(scenarios.map(({ title }) => title).toSorted()).toEqual(Object.keys(CAUSES).toSorted());
  });

  it.each(Object.keys(CAUSES))('%s: the export and get-trace name the cause', async (title) => {
    const id = ids.get(title) ?? '';
    const { reply, says } = CAUSES[title]!;
    const refused = title === 'a reply refused' ? 'The reply was refused.' : 'No reply was recorded.';
    const replied = reply ? 'A reply was sent to the contact.' : refused;
    const overRest = await exported(id);
    for (const expected of says) expect(head(overRest)).toMatch(expected);
    expect(head(overRest)).toContain(replied);

    const { code, stdout } = await runCli(['trace', id, '--md', '--url', example.url]);
    expect(code).toBe(0);
    expect(stdout).toBe(overRest);
  });

  it('compares a failed trace with a completed one, and a completed one with none', async () => {
    const failed = await exported(ids.get('a tool that fails') ?? '');
    const [, comparison = ''] = failed.split('## Compared with one that went well\n');
    expect(comparison).toMatch(/^\n- With `\S+`, the newest completed trace of the same route and agent: ✅ completed/);
    expect(comparison).toMatch(/^- Missing here: .*`llm gpt-5-mini`.*`message_sent`/m);
    expect(comparison).toMatch(/^- Only here: .*`error book_appointment`/m);
    expect(await exported(ids.get('a booking') ?? '')).not.toContain('Compared with');
  });

  it('finds the source line of the failure in the source map, when it runs where the code is', async () => {
    const id = ids.get('a tool that fails') ?? '';
    // The example runs in a directory without code; get-trace, reading its directory, may run where the code is. A copy,
    // because in the directory itself get-trace finds the address of the example and asks that.
    const copy = join(example.dir, 'copy');
    cpSync(join(example.dir, '.traces'), copy, { recursive: true });
    rmSync(join(copy, 'server.json'));
    const { code, stdout } = await runCli(['trace', id, '--md', '--dir', copy], { cwd: process.cwd() });
    expect(code).toBe(0);
    expect(head(stdout)).toMatch(
      /Where: `at CalendarTool\.book \(src\/example\/tools\/calendar\.tool\.ts:\d+:\d+\)`: `throw new Error\('The calendar service/,
    );
    expect(await exported(id)).not.toContain('calendar.tool.ts');
  });
});
