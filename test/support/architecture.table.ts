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
  capture: ['model', 'serialize', 'context', 'journal'],
  journal: ['model'],
  pipeline: ['model', 'journal'],
  catalog: ['model', 'journal', 'pipeline'],
  maintenance: ['model', 'journal', 'catalog'],
  'catalog-worker': ['model', 'journal', 'pipeline', 'catalog', 'maintenance'],
  store: ['model', 'journal', 'pipeline', 'catalog', 'maintenance', 'catalog-worker'],
  query: ['model', 'contract', 'views', 'store'],
  mcp: ['model', 'contract', 'views', 'query'],
  debug: ['model', 'contract', 'views', 'query', 'mcp'],
  cli: ['model', 'contract', 'views', 'query', 'mcp'],
  testing: 'any',
  wiring: 'any',
  example: [],
  dashboard: [],
};

/** Single files that a room may reach besides, each with its reason. */
export const EXCEPTIONS: readonly { from: Room; to: string; because: string }[] = [
  {
    from: 'cli',
    to: `${LIBRARY}/store/embedded/read-only-store.ts`,
    because: 'with no server, `get-trace` reads the directory itself',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/capture/dialects/explain.ts`,
    because: '`get-trace explain` reads a body as capture does, with no server',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/capture/http/body/body-text.ts`,
    because: 'the same: JSON and forms, whatever their content type',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/capture/http/body/multipart-fields.ts`,
    because: 'the same: the fields of multipart forms',
  },
];

const NEST = ['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs'];

/** Packages a room may import. What is not named here costs every user an install, or the CLI its start-up time. */
export const PACKAGES: Readonly<Record<Room, readonly string[] | undefined>> = {
  context: ['@nestjs/common', 'reflect-metadata', 'rxjs'],
  capture: NEST,
  catalog: ['@photostructure/sqlite'],
  mcp: ['@modelcontextprotocol/server'],
  debug: [...NEST, 'class-validator'],
  cli: ['commander'],
  testing: NEST,
  wiring: NEST,
  example: ['@nestjs/common', '@nestjs/core', 'nestjs-trace-collector'],
  dashboard: ['nestjs-trace-collector', 'preact', '@preact/signals', 'vite'],
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
];

/** Files that break a rule still. Both lists only get shorter. */
export const NOT_YET: { door: readonly string[]; eventNames: readonly string[] } = {
  door: [
    'libs/trace/src/capture/capture.options.ts',
    'libs/trace/src/capture/nest/exceptions-watch.ts',
    'libs/trace/src/capture/process/process-watch.ts',
    'libs/trace/src/capture/process/warned-rejection.ts',
    'libs/trace/src/capture/trace/control-flow.ts',
    'libs/trace/src/capture/trace/ignore-errors.ts',
    'libs/trace/src/index.ts',
    'libs/trace/src/trace.options.ts',
  ],
  eventNames: [
    'libs/dashboard/src/model/restore-values.ts',
    'libs/dashboard/src/model/trace-log.ts',
    'libs/trace/src/capture/nest/handler-watch.ts',
    'libs/trace/src/capture/trace/flight-recorder.ts',
    'libs/trace/src/catalog/indexer/baseline-sample.ts',
    'libs/trace/src/catalog/indexer/collect-terms.ts',
    'libs/trace/src/catalog/indexer/trace-texts.ts',
    'libs/trace/src/context/trace-functions.ts',
    'libs/trace/src/model/trace.reducer.ts',
    'libs/trace/src/query/find-related.ts',
    'libs/trace/src/store/memory/memory-filter.ts',
    'libs/trace/src/views/compare/step-alignment.ts',
    'libs/trace/src/views/events/event-response.ts',
    'libs/trace/src/views/events/received-messages.ts',
    'libs/trace/src/views/hints/contact-hints.ts',
    'libs/trace/src/views/hints/life-rules.ts',
    'libs/trace/src/views/hints/recorded.ts',
    'libs/trace/src/views/hints/routing-loop.ts',
    'libs/trace/src/views/hints/work-rules.ts',
    'libs/trace/src/views/lists/conversation.ts',
    'libs/trace/src/views/render/markdown/markdown-reasons.ts',
    'libs/trace/src/views/render/markdown/markdown-steps.ts',
    'libs/trace/src/views/trace/elide-values.ts',
    'libs/trace/src/views/trace/rank-steps.ts',
    'libs/trace/src/views/trace/trace-steps.ts',
  ],
};
