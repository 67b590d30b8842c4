import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { parseParameter } from '../framework/parameter-option.js';
import { confirm } from '../output/confirm.js';
import { safeLines } from '../output/terminal.js';

const { contact_id } = QUESTIONS.eraseContact.parameters;

interface ForgetOptions {
  force?: boolean;
}

@Command({
  name: 'forget',
  arguments: '<contact>',
  argsDescription: { contact: contact_id.help },
  description: 'Erase everything about a contact, also in the files; asks for confirmation',
  examples: [['get-trace forget z49hFQn0DxOX5sInJg60', 'when a person asks for it']],
})
export class ForgetCommand implements CommandRunner<ForgetOptions> {
  constructor(private readonly cli: Cli) {}

  async run([id = '']: string[], { force }: ForgetOptions): Promise<void> {
    const contact = parseParameter(contact_id, id);
    const { chooser } = this.cli;
    if (!force) {
      const { count, next } = await chooser.askServer((source) => source.traces({ contactId: contact, limit: 500 }));
      const found = `${count}${next === null ? '' : ' or more'} ${count === 1 ? 'trace' : 'traces'}`;
      await confirm(
        `Erase everything about contact ${contact} from ${await chooser.changes()} (${found})? This cannot be undone.`,
        this.cli.signal,
      );
    }
    const answer = await chooser.askServer((source) => source.eraseContact(contact));
    const traces = answer.removed === 1 ? 'trace' : 'traces';
    await this.cli.printAs(answer, async () => `Erased ${await safeLines(contact)}: ${answer.removed} ${traces}.`);
  }

  @Option({ flags: '-f, --force', description: 'Do not ask for confirmation' })
  parseForce(): boolean {
    return true;
  }
}
