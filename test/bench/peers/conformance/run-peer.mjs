/**
 * Runs the suite on one decorator, starting at one case, and reports each result on the channel to its parent. A
 * separate process: OpenTelemetry is set up once per process, and a case that hangs must not stop the others.
 */
import { stripVTControlCharacters } from 'node:util';
import 'reflect-metadata';
import { decoratorConformance } from 'nestjs-trace-collector/testing';

const CASE_MS = 5_000;

const [peer, from] = process.argv.slice(2);
const { adapter } = await import(`./${peer}.mjs`);
const cases = decoratorConformance(await adapter());
process.send({ total: cases.length });
for (const [index, { group, name, skip, run }] of cases.entries()) {
  if (index < Number(from)) continue;
  process.send({ index, group, name });
  process.send({ index, group, name, result: skip ? 'skipped' : await outcome(run) });
}
process.exit(0);

async function outcome(run) {
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, CASE_MS, 'does not end')));
  try {
    return await Promise.race([run().then(() => 'ok'), late]);
  } catch (error) {
    return inShort(error);
  } finally {
    clearTimeout(timer);
  }
}

function inShort(error) {
  const text = error instanceof Error ? stripVTControlCharacters(error.message) : `threw ${String(error)}`;
  return text.replace(/\s+/g, ' ').trim().slice(0, 240) || 'failed';
}
