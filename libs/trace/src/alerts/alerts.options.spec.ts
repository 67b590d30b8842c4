import { inspect } from 'node:util';
import type { AlertsOptions } from './alerts.options.js';
import { resolveAlerts } from './alerts.options.js';
import { alertTo } from './channels/alert-to.js';
import { alertWhen } from './rules/alert-when.js';

const URL_WITH_SECRET = 'https://hooks.slack.com/services/T0/B0/s3cret';
const slack = alertTo.slack(URL_WITH_SECRET);

describe('the option alerts', () => {
  it('has defaults for all but the channels', () => {
    const { rules, quietMs, content, url, channels } = resolveAlerts({ channels: [slack, slack] })!;
    expect(rules.map(({ rule, options }) => [rule, options])).toEqual([
      ['newError', { window_ms: 86_400_000, client_errors: false }],
      ['errorRate', { over: 0.1, of: 20, window_ms: 300_000, client_errors: false }],
      ['lost', { window_ms: 3_600_000 }],
    ]);
    expect({ quietMs, content, url }).toEqual({ quietMs: 1_800_000, content: 'none', url: undefined });
    expect(channels.map(({ name, target }) => [name, target])).toEqual([
      ['slack', 'hooks.slack.com'],
      ['slack-2', 'hooks.slack.com'],
    ]);
    expect(resolveAlerts(undefined)).toBeUndefined();
  });

  const channels = [slack];
  it.each<[given: unknown, says: string]>([
    ['https://hooks.slack.com/s3cret', "`alerts` is '(string)'"],
    [
      { slack: 'https://hooks.slack.com/s3cret' },
      'Unknown TraceModule option `alerts.slack`. Allowed: alerts.channels, ',
    ],
    [
      { channels: [alertTo.webhook('https://x', { secrets: 's3cret' } as never)] },
      'Did you mean `alerts.channels[0].secret`?',
    ],
    [{}, '`alerts.channels` is undefined'],
    [{ channels: [] }, '`alerts.channels` is []'],
    [{ channels: URL_WITH_SECRET }, "`alerts.channels` is '(string)'"],
    [{ channels: [URL_WITH_SECRET] }, "`alerts.channels[0]` is '(string)'; allowed: a list of alertTo.slack(url)"],
    [{ channels: [alertTo.slack('s3cret')] }, "`alerts.channels[0].url` is '(not shown)'; allowed: an address"],
    [{ channels: [alertTo.slack('ftp://s3cret')] }, '`alerts.channels[0].url`'],
    [{ channels: [alertTo.webhook('https://x', { secret: 's3cret' })] }, '`alerts.channels[0].secret` is '],
    [{ channels: [alertTo.webhook('https://x', { headers: 's3cret' as never })] }, '`alerts.channels[0].headers` is '],
    [{ channels: [alertTo.custom('s3cret' as never)] }, '`alerts.channels[0]` is '],
    [{ channels: [alertTo.slack(URL_WITH_SECRET, { name: 'a b' })] }, "`alerts.channels[0].name` is 'a b'"],
    [{ channels, quiet: '5 parsecs' }, "`alerts.quiet` is '5 parsecs'; allowed: milliseconds as a number, or a text"],
    [{ channels, content: 'all' }, "`alerts.content` is 'all'; allowed: 'none' or 'message'"],
    [{ channels, url: 'app/debug' }, "`alerts.url` is 'app/debug'; allowed: the address of the page"],
    [{ channels, rule: [] }, 'Did you mean `alerts.rules`?'],
    [{ channels, rules: ['newError'] }, "`alerts.rules[0]` is 'newError'; allowed: alertWhen.newError(), "],
    [{ channels, rules: [alertWhen.newError({ window: 'x' })] }, "`alerts.rules[0].window` is 'x'"],
    [
      { channels, rules: [alertWhen.errorRate({ over: 5 })] },
      '`alerts.rules[0].over` is 5; allowed: a number from 0 to 1',
    ],
    [{ channels, rules: [alertWhen.cost({} as never)] }, '`alerts.rules[0].usd` is undefined; allowed: US dollars'],
    [
      { channels, rules: [alertWhen.slow({ seconds: 5 } as never)] },
      'Unknown TraceModule option `alerts.rules[0].seconds`',
    ],
    [{ channels, rules: [alertWhen.lost(), alertWhen.lost()] }, '`alerts.rules[1]` is '],
  ])('is refused with its name, its value and what is allowed: %#', (given, says) => {
    const resolve = () => resolveAlerts(given as AlertsOptions);
    expect(resolve).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(says) }),
    );
    expect(resolve).not.toThrow(/s3cret/);
  });

  it('does not show the address or the secret of a channel when it is printed', () => {
    const all = [slack, alertTo.webhook('https://x/s3cret', { secret: 's3cret-s3cret-s3cret' })];
    expect(inspect(all, { depth: 9 }) + JSON.stringify(all)).not.toContain('s3cret');
  });
});
