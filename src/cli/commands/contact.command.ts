import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { parseLimit } from '../parse/limit.js';
import { parseContact } from '../parse/contact.js';

interface ContactOptions {
  limit?: number;
}

@Command({
  name: 'contact',
  arguments: '<id>',
  argsDescription: { id: "the contact's id, as the webhook has it" },
  description: "Show a contact's traces, and one timeline over them all",
  examples: [
    ['get-trace contact z49hFQn0DxOX5sInJg60', 'the whole conversation'],
    ['get-trace contact z49hFQn0DxOX5sInJg60 --limit 3', 'its newest three traces'],
  ],
})
export class ContactCommand implements CommandRunner<ContactOptions> {
  constructor(private readonly cli: Cli) {}

  async run([id = '']: string[], { limit }: ContactOptions): Promise<void> {
    const contact = parseContact(id);
    await this.cli.print('contact', await this.cli.ask((source) => source.contact(contact, limit)));
  }

  @Option({ flags: '--limit <n>', description: 'at most so many traces, up to 500' })
  parseLimit(value: string): number {
    return parseLimit(value);
  }
}
