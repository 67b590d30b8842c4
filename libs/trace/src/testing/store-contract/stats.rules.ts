import { same, SECOND, T0, type Rule } from './subject.js';

export const STATS_RULES: Rule[] = [
  {
    name: 'counts and samples of an empty store are empty',
    needs: ['stats'],
    check: async ({ store }) => {
      same(await store.stats!.counts(), { total: 0, active: 0, errors: 0 });
      const { durations, routing, tools, buckets } = await store.stats!.sample({});
      same([durations, routing, tools, buckets], [[], [], [], []]);
    },
  },
  {
    name: 'counts and samples are of all traces, or of a range',
    needs: ['stats'],
    check: async (subject) => {
      const stats = subject.store.stats!;
      await subject.write(1, { contact: 'a', seconds: 2, tool: 'calendar', agent: 'sofia' });
      await subject.write(2, { contact: 'b', seconds: 1, tool: 'calendar', error: 'x' });
      await subject.write(3, { contact: 'c', end: false });
      same(await stats.counts(), { total: 3, active: 1, errors: 1 });
      const sample = await stats.sample({});
      same(sample.durations, [1_000, 2_000]);
      same({ ...sample.byStatus }, { completed: 1, error: 1, active: 1 });
      same(sample.tools, [{ name: 'calendar', count: 2 }]);
      same(sample.routing, [{ route: 'supervisor → sofia', count: 1 }]);
      same(
        sample.buckets.reduce((sum, bucket) => [sum[0]! + bucket.total, sum[1]! + bucket.errors], [0, 0]),
        [3, 1],
      );
      same((await stats.sample({ since: T0 + 2 * SECOND, until: T0 + 2 * SECOND })).durations, [1_000]);
    },
  },
];
