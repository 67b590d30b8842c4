import { CLI } from './support/cli-run.js';
import { sendMessage, startExampleApp, type RunningExample } from './support/example.js';
import { run } from './support/run.js';

/**
 * The protocol's own inspector calls every tool, over stdio and over HTTP. It needs a newer Node than this package does
 * and has hundreds of dependencies, so it is not among ours: `.ci/run` installs it elsewhere and names it here.
 */
const INSPECTOR = process.env.MCP_INSPECTOR;
const given = INSPECTOR ? describe : describe.skip;
if (!INSPECTOR) console.warn('MCP_INSPECTOR names no inspector (its program): it is not run.');

given('the inspector', () => {
  let example: RunningExample;
  let failed: string;
  let well: string;
  let step: number;

  beforeAll(async () => {
    example = await startExampleApp();
    well = await sendMessage(example.url, 'ana', 'Quiero agendar una cita');
    failed = await sendMessage(example.url, 'bob', 'Agenda mi cita el domingo a las 10');
    const trace: any = await (await fetch(`${example.url}/debug/trace/${failed}`)).json();
    step = trace.events[0].seq;
  });
  afterAll(() => example?.stop());

  const inspect = async (target: readonly string[], method: string, ...rest: string[]): Promise<any> => {
    const args = [INSPECTOR ?? '', '--cli', ...target, '--method', method, ...rest];
    const { code, stdout, stderr } = await run(process.execPath, args, {
      cwd: example.dir,
      env: { TRACE_URL: example.url, TRACE_DIR: undefined },
    });
    if (code !== 0) throw new Error(`the inspector ended with ${code}: ${stderr}${stdout}`);
    return JSON.parse(stdout);
  };

  const CALLS: readonly (readonly [tool: string, given: () => Record<string, unknown>, expected: () => object])[] = [
    ['find_traces', () => ({ status: 'error' }), () => ({ traces: [{ trace_id: failed }] })],
    ['get_trace', () => ({ trace_id: failed }), () => ({ trace_id: failed, status: 'error', reply: 'none recorded' })],
    ['get_steps', () => ({ trace_id: failed, steps: [step] }), () => ({ steps: [{ step }] })],
    ['contact_timeline', () => ({ contact_id: 'ana' }), () => ({ count: 1 })],
    ['last_error', () => ({}), () => ({ trace: { trace_id: failed } })],
    ['diff_traces', () => ({ a: failed, b: well }), () => ({ a: { trace_id: failed }, b: { trace_id: well } })],
    ['stats', () => ({}), () => ({ total_traces: 2, error_traces: 1 })],
    ['search', () => ({ query: 'domingo' }), () => ({ traces: [{ trace_id: failed }] })],
  ];

  it.each(['stdio', 'http'])(
    'lists and calls every tool over %s',
    async (transport) => {
      const target =
        transport === 'stdio' ? [process.execPath, CLI, 'mcp'] : [`${example.url}/debug/mcp`, '--transport', 'http'];
      const { tools } = await inspect(target, 'tools/list');
      expect(tools.map(({ name }: { name: string }) => name)).toEqual(CALLS.map(([tool]) => tool));
      for (const [tool, args, expected] of CALLS) {
        const pairs = Object.entries(args()).flatMap(([key, value]) => [
          '--tool-arg',
          `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
        ]);
        const { content } = await inspect(target, 'tools/call', '--tool-name', tool, ...pairs);
        expect({ tool, answer: JSON.parse(content[0].text) }).toMatchObject({ tool, answer: expected() });
      }
    },
    120_000,
  );
});
