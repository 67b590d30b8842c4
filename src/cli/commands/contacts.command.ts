import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { optionOf } from '../framework/parameter-option.js';
import { safeLines } from '../output/terminal.js';

const { limit } = QUESTIONS.contacts.parameters;

@Command({
  name: 'contacts',
  description: 'List the contacts of the newest traces',
  options: [optionOf('--limit <n>', limit)],
  examples: [['get-trace contacts', 'who wrote last?']],
})
export class ContactsCommand implements CommandRunner<{ limit?: number }> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], options: { limit?: number }): Promise<void> {
    const answer = await this.cli.ask((source) => source.contacts(options.limit ?? limit.default));
    const lines = answer.contacts.map(({ contact_id, last_seen }) => `${last_seen}  ${contact_id}`);
    await this.cli.printAs(answer, () => safeLines(lines.join('\n')));
  }
}
