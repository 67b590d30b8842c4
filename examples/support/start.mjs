/**
 * Starts one example by hand, with the fake providers: `npm run build`, then `npm start -- whatsapp-cloud`. It listens on
 * port 3000, or on `PORT`, and receives one webhook. Ends with Ctrl+C.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startFakeProviders } from './fake-providers.mjs';
import { loadChecks } from './load-checks.mjs';
import { startProgram, stop } from './programs.mjs';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const port = process.env.PORT ?? '3000';
const [name] = process.argv.slice(2);
const [check] = name === undefined ? [] : await loadChecks([name]);
if (!check)
  throw new Error('Give the name of an example, such as `npm start -- whatsapp-cloud`. README.md lists them.');
if (check.programs?.length === 0)
  throw new Error(`The example ${name} is tests: npm run test:jest, npm run test:vitest`);
if (!existsSync(new URL('../dist', import.meta.url))) throw new Error('Compile the examples first: npm run build');

const prepared = await check.prepare?.();
if (prepared?.missing) throw new Error(prepared.missing);
const fakes = await startFakeProviders();
const env = { ...check.env, ...prepared?.env, PORT: port };
const start = (program) => startProgram(`dist/${name}/${program}.js`, { cwd, fakes, env, stdio: 'inherit' });
const programs = (check.programs ?? ['main']).map(start);
const end = async () => {
  await Promise.all(programs.map(stop));
  fakes.close();
  await prepared?.close();
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end);
programs[0].once('exit', end);

if (check.sample) {
  const { webhooks } = await import('nestjs-trace-collector/testing');
  const { path, request } = check.sample(webhooks);
  const answer = await sendWhenListening(`http://localhost:${port}${path}`, request);
  console.log(`\nPOST ${path} answered ${answer.status} ${await answer.text()}`);
}
console.log(`Read the trace: npx nestjs-trace-collector last --url http://localhost:${port}\n`);

async function sendWhenListening(url, request) {
  for (;;) {
    try {
      return await fetch(url, request);
    } catch (error) {
      if (programs[0].exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
