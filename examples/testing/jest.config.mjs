/** Nest 12 is made of ES modules, which Jest runs with `node --experimental-vm-modules`. SWC compiles the decorators. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/*.jest.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
        },
        module: { type: 'es6' },
      },
    ],
  },
};
