import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import type { ErrorGroupsResponse } from '../../../libs/trace/src/contract/responses.js';
import type { ErrorGroupsParams } from '../../../libs/trace/src/contract/trace-queries.js';
import { commandLine } from '../../../libs/trace/src/views/text/trace-command.js';
import { usageError } from '../cli-error.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { nearestWord } from '../../../libs/trace/src/model/nearest-word.js';
import { optionOf, parseParameter } from '../framework/parameter-option.js';
import { safeLines } from '../output/terminal.js';
import { ERRORS_ACTIONS } from './errors-action.js';

const { parameters } = QUESTIONS.errorGroups;

interface ErrorsOptions extends Pick<ErrorGroupsParams, 'state' | 'since' | 'until'> {
  query?: string;
}

@Command({
  name: 'errors',
  arguments: '[action] [fingerprint]',
  argsDescription: {
    action: 'resolve (until its next error), ignore (for good) or reopen; none lists the errors',
    fingerprint: 'fingerprint of the error group, as the list shows it',
  },
  description: 'List errors grouped by origin, most frequent first; or set the state of a group',
  options: [
    optionOf('--state <state>', parameters.state),
    optionOf('-q, --query <text>', parameters.q),
    optionOf('--since <when>', parameters.since),
    optionOf('--until <when>', parameters.until),
  ],
  examples: [
    ['errors', 'what fails, how often, and where'],
    ['errors --state open --since 24h', 'what is new or not yet handled'],
    ['errors -q timeout', 'groups with this text in the location, the type or the message'],
    ['errors resolve 3f2a9c1e', 'fixed: its next error opens it again'],
    ['errors ignore 3f2a9c1e', 'known, and not worth a look'],
  ],
})
export class ErrorsCommand implements CommandRunner<ErrorsOptions> {
  constructor(private readonly cli: Cli) {}

  async run([action, fingerprint]: string[], { query, ...options }: ErrorsOptions): Promise<void> {
    if (action !== undefined) return this.change(action, fingerprint);
    const answer = await this.cli.ask((source) => source.errorGroups({ ...options, q: query }));
    await this.cli.print('errors', answer, { next: nextLines(answer) });
  }

  private async change(action: string, given: string | undefined): Promise<void> {
    const actions = Object.keys(ERRORS_ACTIONS);
    if (!Object.hasOwn(ERRORS_ACTIONS, action)) {
      const meant = nearestWord(action, actions);
      throw usageError(
        `'${action}' is no action of errors; allowed: ${actions.join(', ')}${meant ? `. Did you mean '${meant}'?` : ''}`,
      );
    }
    if (given === undefined) throw usageError(`errors ${action} needs the fingerprint of a group; \`errors\` lists them`);
    const fingerprint = parseParameter(QUESTIONS.setErrorState.parameters.fingerprint, given);
    const state = ERRORS_ACTIONS[action as keyof typeof ERRORS_ACTIONS];
    const answer = await this.cli.chooser.askServer((source) => source.setErrorState(fingerprint, state));
    await this.cli.printAs(answer, async () => `${await safeLines(answer.fingerprint)} is ${answer.state} now.`);
  }
}

/** What to type about the first group. */
function nextLines({ groups }: ErrorGroupsResponse): string[] {
  const [first] = groups;
  if (first === undefined) return [];
  return [
    `Its traces: ${commandLine(['list', '--fingerprint', first.fingerprint])}`,
    `When fixed: ${commandLine(['errors', 'resolve', first.fingerprint])}`,
  ];
}
