import { equal, rejects } from 'node:assert/strict';
import { clearInterval, setInterval } from '../../model/timers.js';
import type { FeedPosition, FeedRecord } from '../../model/trace.js';
import type { TraceFeed } from '../../store/port.js';
import { idOf, same, type Rule } from './subject.js';

const POSITIONS_OF_NO_FEED = ['', 'x', '-1', '1e999', '../../etc'];

export const FEED_RULES: Rule[] = [
  {
    name: 'the feed gives every record once, from any of its positions',
    needs: ['feed'],
    check: async (subject) => {
      const feed = subject.store.feed!;
      const { records, done } = await feed.readAfter(undefined, { limit: 10 });
      same([records, done], [[], true]);
      const begin = await feed.head();
      for (let n = 1; n <= 4; n += 1) await subject.write(n, { contact: 'ana' });
      const all = await drain(feed, begin, 3);
      equal(all.filter(({ record }) => record.kind === 'end').length, 4);
      for (const [i, { position }] of all.entries()) {
        const rest = await drain(feed, position, 100);
        same(
          rest.map(({ record }) => record),
          all.slice(i + 1).map(({ record }) => record),
        );
      }
      const middle = all[5]!.position;
      const until = await feed.readAfter(begin, { limit: 100, until: middle });
      same([until.records.length, until.done], [6, true]);
      same((await feed.readAfter(await feed.head(), { limit: 10 })).records, []);
      for (const bad of POSITIONS_OF_NO_FEED) {
        await rejects(feed.readAfter(bad, { limit: 1 }), { code: 'BAD_POSITION' });
      }
    },
  },
  {
    name: 'the feed has the heads of the traces that its records belong to',
    needs: ['feed'],
    check: async (subject) => {
      const trace = await subject.write(1, { contact: 'ana' });
      const heads = await subject.store.feed!.heads([trace, 'none-1']);
      same([...heads.keys()], [trace]);
      same(heads.get(trace), (await subject.store.get(idOf('ana', 1)))?.head);
    },
  },
  {
    name: 'listeners of the feed are called when there is more, until they stop',
    needs: ['feed'],
    check: async (subject) => {
      const feed = subject.store.feed!;
      let calls = 0;
      const heard = new Promise<void>((resolve) => {
        const stop = feed.onMore(() => {
          calls += 1;
          stop();
          resolve();
        });
      });
      await subject.write(1, { contact: 'ana' });
      const alive = setInterval(() => undefined, 1_000);
      await heard.finally(() => clearInterval(alive));
      await subject.write(2, { contact: 'ana' });
      await subject.store.list({ limit: 1 });
      equal(calls, 1);
    },
  },
];

async function drain(feed: TraceFeed, from: FeedPosition, limit: number): Promise<FeedRecord[]> {
  const all: FeedRecord[] = [];
  for (let position = from; ;) {
    const page = await feed.readAfter(position, { limit });
    all.push(...page.records);
    position = page.position;
    if (page.done) return all;
  }
}
