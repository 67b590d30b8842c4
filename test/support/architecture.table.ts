/** The arrows between rooms, as data. ARCHITECTURE.md shows the same table; `test/docs.spec.ts` compares the two. */
export const LIBRARY = 'libs/trace/src';

/** A folder of the library or of `src`; `wiring` are the files beside the library's folders. */
export type Room = string;

export const ROOMS: Readonly<Record<Room, readonly Room[] | 'any' | undefined>> = {
  model: [],
  contract: ['model'],
  views: ['model', 'contract'],
  serialize: ['model'],
  context: ['model'],
  capture: ['model', 'serialize', 'context'],
  journal: ['model'],
  pipeline: ['model', 'journal'],
  catalog: ['model', 'journal', 'pipeline'],
  maintenance: ['model', 'journal', 'pipeline', 'catalog'],
  'catalog-worker': ['model', 'journal', 'pipeline', 'catalog', 'maintenance'],
  store: ['model', 'journal', 'pipeline', 'catalog', 'maintenance', 'catalog-worker'],
  shared: ['model', 'journal', 'pipeline', 'catalog', 'maintenance', 'catalog-worker', 'store'],
  postgres: ['model', 'journal', 'pipeline', 'catalog', 'maintenance', 'store', 'shared'],
  clickhouse: ['model', 'journal', 'pipeline', 'catalog', 'maintenance', 'store', 'shared'],
  targets: ['store', 'shared', 'postgres', 'clickhouse'],
  'ship-worker': [
    'model',
    'journal',
    'pipeline',
    'catalog',
    'maintenance',
    'catalog-worker',
    'store',
    'shared',
    'targets',
  ],
  otel: ['model', 'context'],
  otlp: ['model', 'views', 'otel', 'journal', 'pipeline', 'catalog', 'catalog-worker', 'store'],
  alerts: ['model', 'views', 'journal', 'pipeline', 'store'],
  metrics: ['model', 'views', 'pipeline'],
  query: ['model', 'contract', 'views', 'store', 'otel'],
  mcp: ['model', 'contract', 'views', 'query'],
  debug: ['model', 'contract', 'views', 'query', 'mcp', 'otel'],
  cli: ['model', 'contract', 'views', 'query', 'mcp', 'otel'],
  testing: 'any',
  wiring: 'any',
  example: [],
  dashboard: ['model', 'contract'],
  schematics: [],
};

/** Further single files that a room may import, each with its reason. */
export const EXCEPTIONS: readonly { from: Room; to: string; because: string }[] = [
  {
    from: 'cli',
    to: `${LIBRARY}/store/embedded/read-only-store.ts`,
    because: 'with no server, `get-trace` reads the directory itself',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/store/shared-target.ts`,
    because: 'with `--store`, `get-trace` reads the URL as the application does',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/targets/shared-readers.ts`,
    because: 'with `--store`, `get-trace` reads the shared store itself',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/targets/schemas.ts`,
    because: '`get-trace db` creates and migrates the tables',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/shared/schema-tools.ts`,
    because: '`get-trace db` shows what the tables are like',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/targets/drivers.ts`,
    because: '`get-trace doctor` says whether the driver of the shared store is installed',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/ship-worker/ship-directory.ts`,
    because: '`get-trace ship` ships what no application ships',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/serve.ts`,
    because: '`get-trace serve` is an application of its own, which only it loads',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/capture/request/explain.ts`,
    because: '`get-trace explain` reads a body as capture does, with no server',
  },
];

const NEST = ['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs'];

/** Packages a room may import. Any other package costs every user an install, or the CLI its start-up time. */
export const PACKAGES: Readonly<Record<Room, readonly string[] | undefined>> = {
  context: ['@nestjs/common', 'reflect-metadata', 'rxjs'],
  capture: NEST,
  catalog: ['@photostructure/sqlite'],
  postgres: ['pg'],
  clickhouse: ['@clickhouse/client'],
  mcp: ['@modelcontextprotocol/server'],
  debug: [...NEST, 'class-validator'],
  cli: ['commander'],
  testing: NEST,
  wiring: NEST,
  example: ['@nestjs/common', '@nestjs/core', 'nestjs-trace-collector', 'openai'],
  dashboard: ['preact', 'vite'],
  schematics: ['typescript'],
};

/** The one file of `serialize/` that other rooms import. */
export const SERIALIZE_DOOR = `${LIBRARY}/serialize/serializer.ts`;

/** Defines `EVENT`, the names of the built-in event types. */
export const VOCABULARY = `${LIBRARY}/model/vocabulary.ts`;

/** Files and folders that may have event names as text: the vocabulary, senders' formats, test kits, the example. */
export const EVENT_NAMES_IN: readonly string[] = [
  VOCABULARY,
  `${LIBRARY}/capture/dialects/`,
  `${LIBRARY}/testing/`,
  'src/example/',
];

/** Each name that these files export has a sentence that documents it. */
export const ENTRY_POINTS: readonly string[] = [
  `${LIBRARY}/index.ts`,
  `${LIBRARY}/testing/index.ts`,
  `${LIBRARY}/mcp/index.ts`,
  `${LIBRARY}/postgres/index.ts`,
  `${LIBRARY}/clickhouse/index.ts`,
  `${LIBRARY}/otel/index.ts`,
];
