import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { parseParameter } from '../framework/parameter-option.js';

const { contact_id } = QUESTIONS.quickDebug.parameters;

@Command({
  name: 'debug',
  arguments: '<id>',
  argsDescription: { id: contact_id.help },
  description: 'Show the recent traces of a contact, and the newest with its errors and hints',
  examples: [['debug z49hFQn0DxOX5sInJg60', 'why did this contact get no answer?']],
})
export class DebugCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run([id = '']: string[]): Promise<void> {
    const contact = parseParameter(contact_id, id);
    await this.cli.print('debug', await this.cli.ask((source) => source.quickDebug(contact)));
  }
}
