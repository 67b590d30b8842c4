import type { UsageFields } from '../../model/usage.js';
import { modelCall } from './model-calls.js';
import { json, same, SECOND, T0, type Rule } from './subject.js';

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
  {
    name: 'parts of time have the numbers of the traces that began in them',
    needs: ['stats'],
    check: async (subject) => {
      const { stats } = subject.store;
      if (!stats?.parts) return;
      const width = 300 * SECOND;
      const begin = Math.floor(T0 / width) * width;
      const ranges = [0, 1, 2, 3, 288].map((n) => ({ since: begin + n * width, until: begin + (n + 1) * width - 1 }));
      const spans = ranges.map(({ since }) => Math.round((since - T0) / SECOND));
      const [, second, third, , last] = spans as [number, number, number, number, number];
      await subject.write(second, { contact: 'a', seconds: 4 });
      await subject.write(second + 60, { contact: 'b', seconds: 2, error: 'x' });
      await subject.write(second + 299, { contact: 'c', end: false });
      const trace = await subject.write(third, { contact: 'a', end: false });
      const at = T0 + third * SECOND;
      const reply = { kind: 'event', trace, type: 'message_sent', data: json({ message: 'hi' }), ts: at } as const;
      await subject.append(reply, reply, ...modelCall(trace, 9, CALL, at));
      await subject.append({ kind: 'end', trace, status: 'completed', ts: at + SECOND });
      await subject.write(last, { contact: 'a', seconds: 1, status: 'silent' });
      const numbers = async (): Promise<unknown[]> =>
        ((await stats.parts!(ranges)) ?? []).map(({ total, failed, durations, weights, replies, usage }) => [
          total,
          failed,
          durations.flatMap((ms, i) => Array.from({ length: weights[i]! }, () => Math.round(ms / 100) / 10)),
          replies,
          usage?.total ?? null,
          usage ? usage.costNano / 1e9 : null,
        ]);
      same(await numbers(), [
        [0, 0, [], 0, null, null],
        [3, 1, [2, 4], 0, null, null],
        [1, 0, [1], 2, 120, 0.25],
        [0, 0, [], 0, null, null],
        [1, 1, [1], 0, null, null],
      ]);
      const odd = [{ since: T0 + (second + 1) * SECOND, until: T0 + (third - 1) * SECOND }];
      same(
        (await stats.parts(odd))?.map(({ total }) => total),
        [2],
      );
      if (!subject.store.admin) return;
      await subject.store.admin.clear({ keepErrors: true });
      same(await numbers(), [
        [0, 0, [], 0, null, null],
        [2, 1, [2], 0, null, null],
        [0, 0, [], 0, null, null],
        [0, 0, [], 0, null, null],
        [1, 1, [1], 0, null, null],
      ]);
    },
  },
];

const CALL: UsageFields = { model: 'own-model', agent: 'sofia', input: 100, output: 20, cost_usd: 0.25 };
