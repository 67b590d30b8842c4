import base from '../../../jest.config.js';

/** The suites that `programs/nest-versions.mjs` runs on each version of Nest. `npm test` does not see them. */
export default { ...base, rootDir: '../../..', roots: ['<rootDir>/test/matrix/nest'], testMatch: ['**/*.matrix.ts'] };
