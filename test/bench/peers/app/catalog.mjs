/**
 * Variants of the application. `records` and `loses` say in words what a variant keeps and when; `bench -- losses` counts
 * it. `packages` are named with their versions below the table. `leftOut` is a reason that holds everywhere, `node` the
 * lowest major version of Node that the packages accept.
 */
export const VARIANTS = {
  untraced: { records: 'nothing', loses: 'everything', packages: [] },
  bare: {
    records: 'input and output of the steps, body: `JSON.stringify` and `writeSync` for each record, nothing else',
    loses: 'nothing acknowledged but the body, which is written after the response',
    packages: [],
  },
  ours: {
    records: 'input and output of the steps, body, response, sender; redacted and bounded; indexed in the background',
    loses: 'nothing acknowledged',
    packages: [],
  },
  'ours-turn': {
    records: "as `ours`, with `storage.durability: 'turn'`: one write per turn of the event loop",
    loses: 'nothing acknowledged',
    packages: [],
  },
  'ours-fsync': {
    records: "as `ours`, with `storage.durability: 'fsync'`",
    loses: 'nothing acknowledged, and nothing in a power cut',
    packages: [],
  },
  otel: {
    records: 'input and output of the steps, body, as JSON attributes; OTLP in protobuf; not redacted',
    loses: 'spans of the batch that is not sent yet',
    packages: ['@opentelemetry/sdk-trace-base', '@opentelemetry/exporter-trace-otlp-proto'],
  },
  'otel-auto': {
    records: 'as `otel`, and spans of HTTP and of the router by the auto-instrumentations; not redacted',
    loses: 'spans of the batch that is not sent yet',
    packages: ['@opentelemetry/sdk-node', '@opentelemetry/auto-instrumentations-node'],
  },
  'otel-redact': {
    records: 'as `otel`, redacted by a span processor: values of secret keys, bearer tokens and JWTs in all attributes',
    loses: 'spans of the batch that is not sent yet',
    packages: ['@opentelemetry/sdk-trace-base', '@opentelemetry/exporter-trace-otlp-proto'],
  },
  pino: {
    records: 'a line per step with input and output, a line with the body; not redacted; asynchronous, its default',
    loses: 'lines that the pool of threads has not written yet',
    packages: ['pino'],
  },
  'pino-redact': {
    records: 'as `pino`, redacted at the paths of the payloads',
    loses: 'lines that the pool of threads has not written yet',
    packages: ['pino'],
  },
  'pino-sync': {
    records: 'as `pino`, with `sync: true`: a write per line before the call returns',
    loses: 'nothing acknowledged but the line of a request, which is written after its response',
    packages: ['pino'],
  },
  'pino-async': {
    records: 'as `pino`, with `sync: false` and a buffer of 4 KB',
    loses: 'lines in the buffer of the process',
    packages: ['pino'],
  },
  'pino-transport': {
    records: 'as `pino`, written by a worker thread',
    loses: 'lines that the thread has not written yet',
    packages: ['pino'],
  },
  'nestjs-pino': {
    records: 'as `pino`, by `LoggerModule`; its line of a request has the headers too',
    loses: 'lines that the pool of threads has not written yet',
    packages: ['nestjs-pino', 'pino-http'],
    node: 22,
  },
  winston: {
    records: 'as `pino`, by the `File` transport of winston; not redacted',
    loses: 'lines in the stream of the process',
    packages: ['winston'],
  },
  'dd-trace': {
    records: 'input and output of the steps, body, as tags; automatic instrumentation of HTTP; not redacted',
    loses: 'spans that are not sent yet',
    packages: ['dd-trace'],
    node: 22,
  },
  langfuse: {
    records: 'input and output of the steps by `observe()`, body',
    loses: 'spans of the batch that is not sent yet',
    packages: ['@langfuse/otel', '@langfuse/tracing'],
  },
  sentry: {
    records: 'input and output of the steps, body, as attributes; all traces sampled, default integrations',
    loses: 'transactions that are not sent yet',
    packages: ['@sentry/nestjs'],
  },
  telescope: {
    records: 'requests with their body, input and output of the steps as entries; redacted; kept in memory',
    loses:
      'everything: its store in SQLite needs a package with an install script, so it keeps its entries in memory here',
    packages: ['@dudousxd/nestjs-telescope'],
  },
  nestlens: {
    records: '',
    loses: '',
    packages: [],
    leftOut: 'no package of the name `nestlens` is in the npm registry (looked up on 2026-12-02)',
  },
};

/** What a run without `--only` measures: enough to place ours, in about a quarter of an hour. */
export const DEFAULT_NAMES = ['untraced', 'bare', 'ours', 'ours-turn', 'otel', 'otel-auto', 'pino-redact'];

/** Values of `--durability` and the variants that they add. */
const DURABILITIES = { process: 'ours', turn: 'ours-turn', fsync: 'ours-fsync' };

/**
 * Names of the variants to measure, always with `untraced`.
 * @throws RangeError for a name that does not exist.
 */
export function chosenNames(only, durability) {
  const names = only === undefined ? [...DEFAULT_NAMES] : only === 'all' ? Object.keys(VARIANTS) : only.split(',');
  check('only', names, Object.keys(VARIANTS));
  if (!names.includes('untraced')) names.unshift('untraced');
  if (durability === undefined) return names;
  const wanted = durability.split(',');
  check('durability', wanted, Object.keys(DURABILITIES));
  const ours = Object.values(DURABILITIES);
  return [...names.filter((name) => !ours.includes(name)), ...wanted.map((value) => DURABILITIES[value])];
}

/** Why a variant cannot run with a version of Node; `undefined`: it can be tried. */
export function whyLeftOut(name, nodeVersion) {
  const { leftOut, node, packages } = VARIANTS[name];
  if (leftOut) return leftOut;
  if (node && Number(nodeVersion.split('.')[0]) < node) return `${packages[0]} needs Node ${node} or later`;
  return undefined;
}

function check(flag, names, all) {
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new RangeError(`--${flag} has ${unknown.join(', ')}; there are ${all.join(', ')}`);
}
