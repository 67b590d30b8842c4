import type { TraceConditions } from '../../model/trace-search.js';
import type { UsageFields } from '../../model/usage.js';
import { logged, MODEL_HOST, modelCall, sumsOf, tagged } from './model-calls.js';
import { same, SECOND, T0, type Rule, type Subject } from './subject.js';

const MINI: UsageFields = { model: 'mini', agent: 'sofia', input: 100, output: 10, cache_read: 60, cost_usd: 0.01 };
const LARGE: UsageFields = { model: 'large', agent: 'maria', input: 1_000, output: 500, reasoning: 200, cost_usd: 1.5 };
/** Its tokens are known, its cost is not. */
const LOCAL: UsageFields = { model: 'local', input: 7, output: 3 };

const DAY = 86_400;

/** Five traces: two with model calls, one with a call that reported nothing, one with tags and log lines, one on the next day. */
export async function writeCalls(subject: Subject): Promise<void> {
  const write = async (n: number, calls: UsageFields[], more = false): Promise<void> => {
    const trace = await subject.write(n, { contact: n === 2 ? 'beto' : 'ana', end: false });
    const at = T0 + n * SECOND;
    const records = calls.flatMap((usage, i) =>
      modelCall(trace, n * 100 + i, usage, at, usage === LARGE ? 'error' : undefined),
    );
    if (more) {
      records.push(
        tagged(trace, 'plan', 'free', at),
        tagged(trace, 'plan', 'pro', at),
        tagged(trace, 'beta', true, at),
        logged(trace, 'log', at),
        logged(trace, 'warn', at),
        logged(trace, 'error', at),
        logged(trace, 'warn', at),
      );
    }
    await subject.append(...records, { kind: 'end', trace, status: 'completed', ts: at + SECOND });
  };
  await write(1, [MINI, LARGE]);
  await write(2, [MINI]);
  await write(3, [LOCAL]);
  await write(4, [{ model: 'mute' }], true);
  await write(DAY, [MINI]);
}

const FILTERS: [TraceConditions, number[]][] = [
  [{ model: 'mini' }, [DAY, 2, 1]],
  [{ model: 'mini', contactId: 'ana' }, [DAY, 1]],
  [{ model: 'large' }, [1]],
  [{ model: 'mute' }, [4]],
  [{ model: 'none' }, []],
  [{ model: 'mini', not: { models: ['large'] } }, [DAY, 2]],
  [{ not: { models: ['mini', 'none'] } }, [4, 3]],
  [{ host: MODEL_HOST }, [DAY, 4, 3, 2, 1]],
  [{ host: 'api' }, []],
  [{ not: { hosts: [MODEL_HOST] } }, []],
  [{ tag: 'plan' }, [4]],
  [{ tag: 'plan=pro' }, [4]],
  [{ tag: 'beta=true' }, [4]],
  [{ tag: 'plan=gold' }, []],
  [{ not: { tags: ['plan=pro'] } }, [DAY, 3, 2, 1]],
  [{ log: 'warn' }, [4]],
  [{ log: 'error' }, [4]],
  [{ log: 'fatal' }, []],
  [{ not: { logs: ['warn'] } }, [DAY, 3, 2, 1]],
  [{ not: { logs: ['fatal'] } }, [DAY, 4, 3, 2, 1]],
  [{ minCostUsd: 0.01 }, [DAY, 2, 1]],
  [{ minCostUsd: 0.010000001 }, [1]],
  [{ maxCostUsd: 0.01 }, [DAY, 2]],
  [{ minCostUsd: 1.51, maxCostUsd: 1.51 }, [1]],
  [{ minTokens: 110 }, [DAY, 2, 1]],
  [{ minTokens: 111 }, [1]],
  [{ maxTokens: 10 }, [3]],
  [{ minTokens: 0 }, [DAY, 3, 2, 1]],
  [{ minTokens: 10, tag: 'plan' }, []],
];

const mini = (calls: number): object =>
  sumsOf({
    calls,
    input: 100 * calls,
    output: 10 * calls,
    cacheRead: 60 * calls,
    total: 110 * calls,
    costNano: 10_000_000 * calls,
  });
const LARGE_SUMS = sumsOf({
  calls: 1,
  input: 1_000,
  output: 500,
  reasoning: 200,
  total: 1_500,
  costNano: 1_500_000_000,
});

export const USAGE_RULES: Rule[] = [
  {
    name: 'traces are found by model, host, tag, log line, cost and tokens',
    needs: [],
    check: async (subject) => {
      await writeCalls(subject);
      for (const [filter, numbers] of FILTERS) same([filter, await subject.found(filter)], [filter, numbers]);
    },
  },
  {
    name: 'pages of traces with a model neither skip nor repeat one',
    needs: [],
    check: async (subject) => {
      await writeCalls(subject);
      const { heads, cursors } = await subject.store.list({ model: 'mini', limit: 10 });
      for (const [i, before] of cursors.entries()) {
        const rest = await subject.store.list({ model: 'mini', limit: 10, before });
        same(
          rest.heads.map(({ key }) => key),
          heads.slice(i + 1).map(({ key }) => key),
        );
      }
    },
  },
  {
    name: 'samples have sums over model calls: in all, by model, by agent, and by day',
    needs: ['stats'],
    check: async (subject) => {
      await writeCalls(subject);
      const { usage, usageByDay, steps = [] } = await subject.store.stats!.sample({});
      const of = (kind: string, name: string): unknown => {
        const step = steps.find((each) => each.kind === kind && each.name === name);
        return step && [step.count, step.errors, step.totalMs, step.usage];
      };
      const all = sumsOf({
        calls: 6,
        input: 1_307,
        output: 533,
        cacheRead: 180,
        reasoning: 200,
        total: 1_840,
        unknownTokens: 1,
        costNano: 1_530_000_000,
        unknownCost: 2,
      });
      same(usage, all);
      same(of('model', 'mini'), [3, 0, 15, mini(3)]);
      same(of('model', 'large'), [1, 1, 5, LARGE_SUMS]);
      same(of('model', 'mute'), [1, 0, 5, sumsOf({ calls: 1, unknownTokens: 1, unknownCost: 1 })]);
      same(of('host', MODEL_HOST), [6, 1, 30, undefined]);
      same(
        usageByDay?.map(({ startedAt, usage: { calls } }) => [new Date(startedAt / 1_000).toISOString(), calls]),
        [
          ['2023-11-14T00:00:00.000Z', 5],
          ['2023-11-15T00:00:00.000Z', 1],
        ],
      );
      const range = { since: T0 + 2 * SECOND, until: T0 + 2 * SECOND };
      same((await subject.store.stats!.sample(range)).usage, mini(1));
      same((await subject.store.stats!.sample({ until: T0 })).usage, undefined);
    },
  },
  {
    name: 'traces that are erased or cleared take their sums with them',
    needs: ['stats', 'admin'],
    check: async (subject) => {
      const { stats, admin } = subject.store;
      await writeCalls(subject);
      await admin!.erase('ana');
      const { usage, usageByDay, steps = [] } = await stats!.sample({});
      same(usage, mini(1));
      same(
        usageByDay?.map((day) => day.usage),
        [mini(1)],
      );
      same(
        steps.filter(({ kind }) => kind === 'model').map((step) => [step.name, step.count, step.usage]),
        [['mini', 1, mini(1)]],
      );
      await admin!.clear({ keepErrors: false });
      const left = await stats!.sample({});
      same([left.usage, left.usageByDay, left.steps?.length ?? 0], [undefined, undefined, 0]);
    },
  },
];
