import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mustExec } from '../../test/matrix/frame/processes.mjs';
import { startExample } from './example.mjs';

/** Starts one example and runs its steps; then asserts that the command line shows what the API shows. */
export async function checkExample(check, { cwd, webhooks, step, skip }) {
  const prepared = await check.prepare?.();
  if (prepared?.missing) return skip(prepared.missing);
  let example;
  try {
    if (check.programs?.length === 0) return await check.run({ cwd, step, mustExec });
    const env = { ...check.env, ...prepared?.env };
    example = await step('it starts', () => startExample({ ...check, env }, { cwd, webhooks }));
    if (!example) return;
    await check.run({ ...example, cwd, step });
    await step('the command `last --raw` prints the newest trace', () => assertCommandLine(example, cwd));
  } finally {
    await example?.close();
    await prepared?.close();
  }
}

async function assertCommandLine({ url, ask }, cwd) {
  const program = join(cwd, 'node_modules/.bin/nestjs-trace-collector');
  const { stdout } = await mustExec(program, ['last', '--raw', '--url', url], { cwd });
  const { trace_id, status, timeline } = await ask('last-trace');
  const shown = JSON.parse(stdout);
  assert.deepEqual([shown.trace_id, shown.status, shown.timeline], [trace_id, status, timeline]);
}
