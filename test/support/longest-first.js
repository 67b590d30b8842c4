import Sequencer from '@jest/test-sequencer';

/** Seconds that these files take alone on two cores, where their size is misleading: browsers, processes, waits. */
const SECONDS = {
  'test/dashboard/pages': 50,
  'test/lifecycle-process': 45,
  'test/cli.spec': 35,
  'test/cli-exit-codes': 25,
  'test/dashboard/large-values': 25,
  'test/dashboard/hostile': 25,
  'test/dashboard/live': 20,
  'test/demo': 20,
  'test/dashboard/mounting': 15,
  'test/stream': 15,
  'store/embedded-store.built': 15,
  'test/scenarios': 15,
  'test/hostile-corpus': 13,
  'test/example': 11,
  'test/dashboard/scale': 10,
  'test/exit': 10,
  'test/capture-strangers': 8,
  'test/mcp': 6,
  'test/completion': 5,
  'test/harmless-memory': 5,
  'test/crash': 4,
};

const secondsOf = ({ path }) => Object.entries(SECONDS).find(([part]) => path.includes(part))?.[1] ?? 0;

/** The long files first, so that no worker ends up alone with one; then Jest's own order. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => secondsOf(b) - secondsOf(a));
  }
}
