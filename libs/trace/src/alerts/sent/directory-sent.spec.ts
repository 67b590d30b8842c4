import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectorySent } from './directory-sent.js';

const MINUTE = 60_000_000;
const DAY = 86_400_000_000;
const START = 1_700_000_000_000_000;
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'alerts-sent-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const claim = (sent: DirectorySent, at: number, given: { subject?: string; extend?: boolean; silent?: boolean } = {}) =>
  sent.claim({
    rule: 'newError-1',
    subject: given.subject ?? 'f1',
    at,
    holdMs: 3_600_000,
    extend: given.extend,
    alert: given.silent ? undefined : { title: 'New error', instance: 'a1' },
  });

describe('the alerts that a directory has sent', () => {
  it('are claimed by one of all processes, again and again', async () => {
    const all = Array.from({ length: 8 }, () => new DirectorySent(dir));
    for (let hour = 0; hour < 5; hour += 1) {
      const won = await Promise.all(all.map((sent) => claim(sent, START + hour * 61 * MINUTE)));
      expect(won.filter(Boolean)).toHaveLength(1);
    }
    // One file per subject is left.
    expect(readdirSync(join(dir, 'alerts')).map((name) => readdirSync(join(dir, 'alerts', name)))).toEqual([['5']]);
  });

  it('are held from the alert on, or from the last claim with `extend`', async () => {
    const sent = new DirectorySent(dir);
    for (const extend of [false, true]) {
      const subject = String(extend);
      expect(await claim(sent, START, { subject, extend })).toBe(true);
      expect(await claim(sent, START + 40 * MINUTE, { subject, extend })).toBe(false);
      expect(await claim(sent, START + 80 * MINUTE, { subject, extend })).toBe(!extend);
    }
  });

  it('are listed newest first, without subjects that were only seen, and forgotten after 30 days', async () => {
    const sent = new DirectorySent(dir);
    await claim(sent, START, { subject: 'old' });
    await claim(sent, START + 20 * DAY, { subject: 'new' });
    await claim(sent, START + 20 * DAY, { subject: 'seen', silent: true });
    const alert = { rule: 'newError-1', title: 'New error', instance: 'a1' };
    expect(await sent.list(10)).toEqual([
      { ...alert, subject: 'new', at: START + 20 * DAY },
      { ...alert, subject: 'old', at: START },
    ]);
    sent.prune(START + 31 * DAY, 0);
    expect((await sent.list(10)).map(({ subject }) => subject)).toEqual(['new']);
    expect(await claim(sent, START + 20 * DAY, { subject: 'seen' })).toBe(false);
  });

  it('are none where there is no directory', async () => {
    expect(await new DirectorySent(join(dir, 'missing')).list(10)).toEqual([]);
  });
});
