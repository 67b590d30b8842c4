import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = fileURLToPath(new URL('./support/many-traces.program.mjs', import.meta.url));

it('10,000 running traces with 20 events each: at most 15 MB of heap over the same work untraced', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', PROGRAM]);
  const { bytes } = JSON.parse(stdout) as { bytes: number };
  // Zero would mean that no trace was held.
  expect(bytes).toBeGreaterThan(1_000_000);
  expect(bytes).toBeLessThanOrEqual(15_000_000);
});
