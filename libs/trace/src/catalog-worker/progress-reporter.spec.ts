import { progressText } from '../catalog/catalog.api.js';
import { ProgressReporter } from './progress-reporter.js';

describe('ProgressReporter', () => {
  let lag: number;
  let reported: number[];
  let report: ProgressReporter;
  beforeEach(() => {
    reported = [];
    report = new ProgressReporter(
      100,
      () => ({ lag, bytes: 1_000 }),
      (progress) => reported.push(progress.lag),
    );
  });
  /** Reports at each of these moments, with this much left. */
  const look = (...steps: [at: number, lag: number, done?: boolean][]): void => {
    for (const [at, left, done = left === 0] of steps) {
      lag = left;
      report.look(done, at);
    }
  };

  it('reports no short delay, however often', () => {
    look([0, 50], [90, 10], [95, 0], [120, 50], [210, 10], [215, 0], [900, 0]);
    expect(reported).toEqual([]);
  });

  it('reports a long build at intervals, and its end', () => {
    look([0, 900], [60, 800], [100, 700], [150, 600], [201, 500], [240, 0], [500, 0]);
    expect(reported).toEqual([700, 500, 0]);
  });

  it('does not report retention', () => {
    look([0, 0, false], [150, 0, false], [300, 0, false], [310, 0]);
    expect(reported).toEqual([]);
    look([400, 900], [510, 800], [620, 0, false], [900, 0, false], [910, 0]);
    expect(reported).toEqual([800, 0]);
  });
});

test('the progress as a sentence', () => {
  expect(progressText({ lag: 580, bytes: 1_000 })).toBe(
    'The index is being built: 42% of the journal is in it, 580 bytes are not yet.',
  );
  expect(progressText({ lag: 0, bytes: 1_000 })).toBe('The index is complete.');
});
