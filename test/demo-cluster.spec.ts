import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from './support/postgres.mjs';
import { run } from './support/run.js';

/** The program that `npm run demo:cluster` runs after its build. */
const program = join(process.cwd(), 'build/demo-cluster.mjs');
const { missing } = PostgresServer;

describe('the demo of a cluster', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'demo-cluster-spec-'));
    // The server runs as another user where the tests run as root.
    chmodSync(dir, 0o755);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const demo = (env: Record<string, string>) =>
    run(process.execPath, [program, '--once'], {
      cwd: dir,
      env: { SERVE_PORT: '0', TRACE_DIR: undefined, NODE_ENV: undefined, TMPDIR: dir, ...env },
    });

  (missing ? it.skip : it)(
    `shows the traces of three instances in one list, and exits with 0 with --once${missing ? ` (skipped: ${missing})` : ''}`,
    async () => {
      const { code, stdout, stderr } = await demo({ PORT: '0', EXAMPLE_SPEED: '50' });
      expect(stderr).toBe('');
      expect(code).toBe(0);
      for (const line of [
        / 1\/15 web-1 a booking +completed/,
        /15\/15 web-3 a tool that fails +error/,
        /^\$ npx nestjs-trace-collector instances/m,
        /(?:^web-\d +live .*\n){3}/m,
        /^STATUS +TIME +INSTANCE +CONTACT/m,
        /^ {2}serve {7}http:\/\/localhost:\d+\/debug$/m,
      ]) {
        expect(stdout).toMatch(line);
      }
      // Its database and its directories are gone.
      expect(readdirSync(dir)).toEqual([]);
    },
    90_000,
  );

  (missing ? it.skip : it)('names the wrong port', async () => {
    const { code, stderr } = await demo({ PORT: 'eighty' });
    expect([code, stderr]).toEqual([1, "PORT is 'eighty'; give a whole number from 0 to 65533\n"]);
  });
});
