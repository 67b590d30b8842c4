import type { AlertChannelDto, AlertsResponse, AlertTestDto } from '../../../libs/trace/src/contract/responses.js';
import { CliError, Exit, usageError } from '../cli-error.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { storeFirst } from '../config/settings.js';
import { safeLines } from '../output/terminal.js';
import type { TraceSource } from '../source/http-source.js';

const ACTIONS = ['list', 'test'];

@Command({
  name: 'alerts',
  arguments: '[action]',
  argsDescription: { action: 'list (default) or test' },
  description: 'List the rules, channels and last alerts of a running application, or send a test to each channel',
  examples: [
    ['get-trace alerts', 'what is reported where, and what was'],
    ['get-trace alerts test', 'send a test to each channel; exit code 1 if one does not take it'],
  ],
})
export class AlertsCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run([action = 'list']: string[]): Promise<void> {
    if (action === 'list') return this.list();
    if (action === 'test') return this.test();
    throw usageError(`there is no action '${action}'; give one of ${ACTIONS.join(', ')}`);
  }

  private async list(): Promise<void> {
    const answer = await this.ask((source) => source.alerts(), 'list its alerts');
    await this.cli.printAs(answer, () => safeLines(listText(answer)));
  }

  private async test(): Promise<void> {
    const answer = await this.ask((source) => source.testAlerts(), 'test its alerts');
    await this.cli.printAs(answer, () => safeLines(answer.results.map(testLine).join('\n')));
    const failed = answer.results.filter(({ ok }) => !ok).length;
    if (failed === 0) return;
    const what = `${failed} of ${answer.results.length} channels did not take the test`;
    throw new CliError('ALERTS_FAILED', Exit.unexpected, what);
  }

  /** Rules and channels are options of an application: neither a directory nor a shared store has them. */
  private ask<T>(question: (source: TraceSource) => Promise<T>, doing: string): Promise<T> {
    const { chooser, settings } = this.cli;
    if (!storeFirst(settings)) return chooser.askServer(question, doing);
    const message = `A shared store has no alerts: only a running application can ${doing}. Name it with --url, without --store.`;
    throw new CliError('NOT_SUPPORTED', Exit.notAllowed, message);
  }
}

function listText({ enabled, rules, channels, sent, content, url }: AlertsResponse): string {
  if (!enabled) {
    return 'This application has no alerts. Give TraceModule the option alerts, such as { channels: [alertTo.slack(url)] }.';
  }
  return [
    'Rules',
    ...rules.map(
      ({ rule, options, last_sent_at: at }) => `  ${rule}  ${optionWords(options)}${at ? `, last ${at}` : ''}`,
    ),
    '',
    'Channels',
    ...channels.map((channel) => `  ${channelLine(channel)}`),
    `  Captured text: ${content === 'message' ? 'messages of errors and ids of traces' : 'none'}. Link: ${url ?? 'none (option alerts.url)'}`,
    '',
    'Last alerts',
    ...(sent.length === 0 ? ['  none'] : sent.map(({ at, title, instance }) => `  ${at}  ${title}  (${instance})`)),
  ].join('\n');
}

/** `window_ms 300000` as the option is written. */
function optionWords(options: AlertsResponse['rules'][number]['options']): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

function channelLine({ channel, target, sent, failed, dropped, waiting, failing }: AlertChannelDto): string {
  const counts = [
    `${sent} sent`,
    ...count(failed, 'given up'),
    ...count(dropped, 'dropped'),
    ...count(waiting, 'waiting'),
  ];
  return `${channel}${target === null ? '' : ` → ${target}`}  ${counts.join(', ')}${failing === null ? '' : `; fails: ${failing}`}`;
}

function count(n: number, what: string): string[] {
  return n > 0 ? [`${n} ${what}`] : [];
}

function testLine({ channel, target, ok, error, duration_ms: ms }: AlertTestDto): string {
  return `${channel}${target === null ? '' : ` → ${target}`}  ${ok ? `sent, ${ms} ms` : `failed: ${error}`}`;
}
