import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackLines } from '../../../dist/libs/trace/src/shared/chunk.js';
import { PostgresServer } from '../../support/postgres.mjs';
import { Skip } from './place.mjs';

/** Runs `work` with a PostgreSQL server. Throws `Skip` where none can run. */
export async function withPostgres(work) {
  if (PostgresServer.missing) throw new Skip(PostgresServer.missing);
  const server = await PostgresServer.start();
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

/** Lines of traces in the journal, those of retention's copies left out. */
export function journalLines(dir) {
  const journal = join(dir, 'journal');
  return readdirSync(journal)
    .filter((name) => !name.includes('.kept.'))
    .flatMap((name) => readFileSync(join(journal, name), 'utf8').split('\n').slice(0, -1))
    .filter((line) => line.includes('"trace":'));
}

/** Compares the lines in the shared store with those of the journal. */
export async function compareLines(dir, server, schema) {
  const times = new Map();
  for (const { body } of await server.query(`SELECT body FROM ${schema}.chunks`)) {
    for (const line of unpackLines(body).toString().split('\n').slice(0, -1))
      times.set(line, (times.get(line) ?? 0) + 1);
  }
  const lines = journalLines(dir);
  let lost = 0;
  let twice = 0;
  for (const line of lines) {
    const n = times.get(line) ?? 0;
    if (n === 0) lost += 1;
    if (n > 1) twice += 1;
    times.delete(line);
  }
  return { lines: lines.length, lost, twice, changed: times.size };
}
