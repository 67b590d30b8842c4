import { readdirSync } from 'node:fs';

const FOLDER = new URL('./checks/', import.meta.url);

/**
 * The checks of these examples, or of all. Each has its `name`, `run({ step, send, traceOf, … })`, and, where needed,
 * `env`, `programs` (default `main`), and `prepare()`, which returns `{ env, close }`, or `{ missing }` to skip it.
 * Throws for an unknown name.
 */
export async function loadChecks(names = []) {
  const known = readdirSync(FOLDER).map((file) => file.replace(/\.mjs$/, ''));
  const unknown = names.find((name) => !known.includes(name));
  if (unknown) throw new Error(`There is no example '${unknown}'. There are: ${known.join(', ')}`);
  const wanted = names.length > 0 ? names : known;
  return Promise.all(wanted.map(async (name) => ({ name, ...(await import(new URL(`${name}.mjs`, FOLDER))) })));
}
