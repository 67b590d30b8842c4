/** Specs beside the source run on the source; everything in `test/` runs on the built package, as a user gets it. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/libs', '<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^nestjs-trace-collector$': '<rootDir>/dist/esm/index.js',
    '^nestjs-trace-collector/testing$': '<rootDir>/dist/esm/testing.js',
    '^nestjs-trace-collector/postgres$': '<rootDir>/dist/esm/postgres.js',
    '^nestjs-trace-collector/clickhouse$': '<rootDir>/dist/esm/clickhouse.js',
    '^nestjs-trace-collector/otel$': '<rootDir>/dist/esm/otel.js',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
          target: 'es2022',
        },
        module: { type: 'es6' },
      },
    ],
  },
  // A test that waits awaits an event: the limit only ends one that hangs. A database took 25 s to start on a busy machine.
  testTimeout: 60_000,
  testSequencer: '<rootDir>/test/support/longest-first.js',
  // As many as the cores of the smallest machine: with three, tests with a time limit failed now and then.
  maxWorkers: 2,
  // Each file's modules stay in memory for as long as its worker lives; beyond this, collecting them costs more than a start.
  workerIdleMemoryLimit: '1GB',
};
