import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { optionOf, parseParameter } from '../framework/parameter-option.js';

const { contact_id, limit } = QUESTIONS.contact.parameters;

@Command({
  name: 'contact',
  arguments: '<id>',
  argsDescription: { id: contact_id.help },
  description: "Show a contact's traces, and one timeline of all of them",
  options: [optionOf('--limit <n>', limit)],
  examples: [
    ['contact z49hFQn0DxOX5sInJg60', 'the whole conversation'],
    ['contact z49hFQn0DxOX5sInJg60 --limit 3', 'its newest three traces'],
  ],
})
export class ContactCommand implements CommandRunner<{ limit?: number }> {
  constructor(private readonly cli: Cli) {}

  async run([id = '']: string[], options: { limit?: number }): Promise<void> {
    const contact = parseParameter(contact_id, id);
    await this.cli.print('contact', await this.cli.ask((source) => source.contact(contact, options.limit)));
  }
}
