/** The arrows between rooms, as data. ARCHITECTURE.md shows the same table; `test/docs.spec.ts` compares the two. */
export const LIBRARY = 'libs/trace/src';

/** A folder of the library or of `src`; `wiring` are the files beside the library's folders. */
export type Room = string;

export const ROOMS: Readonly<Record<Room, readonly Room[] | 'any' | undefined>> = {
  model: [],
  journal: ['model'],
  views: ['model'],
  context: ['model'],
  capture: ['model', 'context', 'journal'],
  catalog: ['model', 'journal'],
  store: ['model', 'journal', 'catalog'],
  query: ['model', 'store', 'views'],
  mcp: ['model', 'query', 'views'],
  debug: ['model', 'query', 'views', 'mcp'],
  cli: ['model', 'query', 'views', 'mcp'],
  testing: 'any',
  wiring: 'any',
  example: [],
  dashboard: [],
};

/** Single files that a room may reach besides, each with its reason. */
export const EXCEPTIONS: readonly { from: Room; to: string; because: string }[] = [
  {
    from: 'cli',
    to: `${LIBRARY}/store/read-only-store.ts`,
    because: 'with no server, `get-trace` reads the directory itself',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/capture/dialects/explain.ts`,
    because: '`get-trace explain` reads a body as capture does, with no server',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/capture/body-text.ts`,
    because: 'the same: JSON and forms, whatever their content type',
  },
  {
    from: 'cli',
    to: `${LIBRARY}/capture/multipart-fields.ts`,
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
