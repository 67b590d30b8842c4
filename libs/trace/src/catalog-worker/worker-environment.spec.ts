import { workerEnvironment } from './worker-environment.js';

describe('the worker’s environment', () => {
  it('contains the temporary folder and the time zone, in upper or lower case', () =>
    expect(workerEnvironment({ TMPDIR: '/t', TZ: 'UTC', SystemRoot: 'C:\\Windows' })).toEqual({
      TMPDIR: '/t',
      TZ: 'UTC',
      SystemRoot: 'C:\\Windows',
    }));

  it.each(['NODE_OPTIONS', 'node_options', 'NODE_V8_COVERAGE', 'NODE_EXTRA_CA_CERTS', 'OPENAI_API_KEY', 'TRACE_TOKEN'])(
    'has no %s',
    (name) => expect(workerEnvironment({ [name]: 'x' })).toEqual({}),
  );
});
