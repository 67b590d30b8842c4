import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SCENARIOS } from './scenarios.js';
import { mismatch, sendScenario } from './send-scenario.js';
import { readPort, startExample } from './start-example.js';

/** Prints nothing: the lines of the application are in its traces, and the demo shows those. */
const SILENT = { log: noLine, warn: noLine, error: noLine, debug: noLine, verbose: noLine, fatal: noLine };

/**
 * `npm run demo`: starts the example, sends it the sample webhooks, shows the output of `get-trace` for them, and
 * continues to serve until Ctrl-C. With `--once` it stops at the end: exit code 0, or 1 when a trace differs from the
 * expected one.
 */
async function main(stopAtTheEnd: boolean): Promise<void> {
  const { app, url } = await startExample(readPort(process.env.PORT), SILENT);
  console.log(`The example listens at ${url}. It receives ${SCENARIOS.length} webhooks:\n`);
  const surprises = await sendAll(url);
  await show(url, ['list', '--limit', String(SCENARIOS.length)]);
  await show(url, ['error']);
  for (const surprise of surprises) console.error(`✗ ${surprise}`);
  if (surprises.length > 0) process.exitCode = 1;
  console.log(`\nDashboard: ${url}/debug`);
  if (stopAtTheEnd) await app.close();
  else console.log('The example keeps running: try npx nestjs-trace-collector --help. Ctrl-C stops it.');
}

/** Sends all scenarios but the last at once, as contacts would, and the last when they have ended: it is the last error. */
async function sendAll(url: string): Promise<string[]> {
  const surprises: string[] = [];
  const last = SCENARIOS.length - 1;
  const outcomes = SCENARIOS.slice(0, last).map((scenario) => sendScenario(url, scenario));
  // Awaited in order below: until then a failure must not be an unhandled rejection.
  for (const outcome of outcomes) outcome.catch(() => undefined);
  for (const [index, scenario] of SCENARIOS.entries()) {
    process.stdout.write(`  ${String(index + 1).padStart(2)}/${SCENARIOS.length} ${scenario.title.padEnd(22)} `);
    const outcome = await (outcomes[index] ?? sendScenario(url, scenario));
    const surprise = mismatch(scenario, outcome);
    if (surprise) surprises.push(`${scenario.title} (${outcome.trace_id}): ${surprise}`);
    console.log(
      `${outcome.status.padEnd(10)} ${(outcome.duration_ms / 1000).toFixed(1).padStart(4)} s   ${outcome.debug_hints.find((hint) => hint.includes(scenario.hint)) ?? outcome.debug_hints[0] ?? ''}`,
    );
  }
  return surprises;
}

/** Runs the installed program, as a user would. */
async function show(url: string, args: string[]): Promise<void> {
  console.log(`\n$ npx nestjs-trace-collector ${args.join(' ')}`);
  const program = spawn(process.execPath, [getTraceProgram(), ...args, '--url', url], { stdio: 'inherit' });
  const [code] = (await once(program, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`nestjs-trace-collector ${args.join(' ')} ended with exit code ${code}`);
}

function getTraceProgram(): string {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('nestjs-trace-collector/package.json');
  const { bin } = require(manifest) as { bin: { 'get-trace': string } };
  return join(dirname(manifest), bin['get-trace']);
}

function noLine(): void {}

try {
  await main(process.argv.includes('--once'));
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
