import { describePostgres } from '../../../../test/support/describe-postgres.js';
import { ensureSchema } from './schema/migrate.js';
import { PostgresSentAlerts } from './sent-alerts.js';

const MINUTE = 60_000_000;
const START = 1_700_000_000_000_000;

describePostgres('the alerts that instances of one database have sent', ({ database, second }) => {
  it('are claimed by one of them, are held, and are listed by all', async () => {
    const db = database();
    await ensureSchema(db, 'write');
    const all = [db, second(db), second(db), second(db)].map((each) => new PostgresSentAlerts(each));
    const alert = { title: 'New error\0', instance: 'a1' };
    const claim = (at: number, { extend = false, subject = 'f1', seen = false } = {}): Promise<boolean[]> =>
      Promise.all(
        all.map((sent) =>
          sent.claim({ rule: 'r', subject, at, holdMs: 3_600_000, extend, alert: seen ? undefined : alert }),
        ),
      );
    for (let hour = 0; hour < 3; hour += 1) {
      expect((await claim(START + hour * 61 * MINUTE)).filter(Boolean)).toHaveLength(1);
      expect((await claim(START + hour * 61 * MINUTE + 59 * MINUTE)).filter(Boolean)).toHaveLength(0);
    }
    expect((await claim(START, { subject: 'f2', extend: true })).filter(Boolean)).toHaveLength(1);
    expect((await claim(START + 50 * MINUTE, { subject: 'f2', extend: true })).filter(Boolean)).toHaveLength(0);
    expect((await claim(START + 100 * MINUTE, { subject: 'f2', extend: true })).filter(Boolean)).toHaveLength(0);
    expect((await claim(START, { subject: 'only seen', seen: true })).filter(Boolean)).toHaveLength(1);
    const sent = await all[1]!.list(10);
    expect(sent).toEqual([
      { rule: 'r', subject: 'f1', at: START + 122 * MINUTE, title: 'New error\uFFFD', instance: 'a1' },
      { rule: 'r', subject: 'f2', at: START, title: 'New error\uFFFD', instance: 'a1' },
    ]);
  });
});
