import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, takePort, type Finished } from './support/run.js';

/** The program that `npm run demo` runs after its build. */
const program = join(process.cwd(), 'dist/src/example/demo.js');

describe('the demo', () => {
  let dir: string;
  let once: Promise<Finished>;
  // It runs at its own pace, for a quarter of a minute: the other tests run meanwhile.
  const paced = mkdtempSync(join(tmpdir(), 'demo-'));
  beforeAll(() => {
    once = run(process.execPath, [program, '--once'], {
      cwd: paced,
      env: { PORT: '0', TRACE_DIR: undefined, EXAMPLE_SPEED: undefined, NODE_ENV: undefined },
    });
  });
  afterAll(() => rmSync(paced, { recursive: true, force: true }));
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'demo-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('prints what to do when the port is taken', async () => {
    const taken = await takePort();
    const { code, stderr } = await run(process.execPath, [program, '--once'], {
      cwd: dir,
      env: { PORT: String(taken.port), TRACE_DIR: undefined },
    });
    taken.free();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${taken.port} is taken. Choose another one with PORT`);
  });

  it.each(['eighty', '70000', '-1'])('refuses PORT=%s and names it', async (port) => {
    const { code, stderr } = await run(process.execPath, [program, '--once'], {
      cwd: dir,
      env: { PORT: port, TRACE_DIR: undefined },
    });
    expect([code, stderr.trim()]).toEqual([1, `PORT is '${port}'; give a whole number from 0 to 65535`]);
  });

  it('sends its webhooks, shows the output of get-trace for them, and exits with 0 with --once', async () => {
    const { code, stdout, stderr } = await once;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    // The slow one really is slow: this is the one test that runs the example at its own pace.
    for (const line of [
      / 1\/15 a booking +completed +\d\.\d s +✅ Workflow completed successfully/,
      / 2\/15 a slow one +completed +\d\.\d s +🐢 Slow/,
      / 3\/15 one left unanswered +silent /,
      / 4\/15 a routing loop +completed /,
      / 5\/15 a rejected signature +error /,
      / 8\/15 a reply refused +silent .*The reply was refused: meta 400 131047/,
      /15\/15 a tool that fails +error /,
      /^\$ npx nestjs-trace-collector list/m,
      /^\$ npx nestjs-trace-collector error/m,
      /connect ECONNREFUSED 203\.0\.113\.7:443/,
      /^Dashboard: http:\/\/localhost:\d+\/debug$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
  }, 60_000);
});
