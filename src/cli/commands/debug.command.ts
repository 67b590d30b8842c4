import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { parseContact } from '../parse/contact.js';

@Command({
  name: 'debug',
  arguments: '<id>',
  argsDescription: { id: "the contact's id, as the webhook has it" },
  description: 'Quick debug of a contact: its recent traces, and its newest with what is wrong in it',
  examples: [['get-trace debug z49hFQn0DxOX5sInJg60', 'why did this contact get no answer?']],
})
export class DebugCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run([id = '']: string[]): Promise<void> {
    const contact = parseContact(id);
    await this.cli.print('debug', await this.cli.ask((source) => source.quickDebug(contact)));
  }
}
