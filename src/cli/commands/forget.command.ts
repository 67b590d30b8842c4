import type { EraseResponse } from '../../../libs/trace/src/contract/responses.js';
import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { parseParameter } from '../framework/parameter-option.js';
import { confirm } from '../output/confirm.js';
import { safeLines } from '../output/terminal.js';

const { contact_id, scrub: scrubbing } = QUESTIONS.eraseContact.parameters;
/** Milliseconds after which a line says that the work goes on. */
const PATIENCE_MS = 3_000;

interface ForgetOptions {
  force?: boolean;
  scrub?: boolean;
}

@Command({
  name: 'forget',
  arguments: '<contact>',
  argsDescription: { contact: contact_id.help },
  description: 'Erase everything about a contact, also in the files; asks for confirmation',
  examples: [
    ['forget z49hFQn0DxOX5sInJg60', 'when a person asks for it'],
    ['forget -f --scrub z49hFQn0DxOX5sInJg60', "erases it from a shared database's files at once"],
  ],
})
export class ForgetCommand implements CommandRunner<ForgetOptions> {
  constructor(private readonly cli: Cli) {}

  async run([id = '']: string[], { force, scrub }: ForgetOptions): Promise<void> {
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
    const answer = await patiently(chooser.askServer((source) => source.eraseContact(contact, { scrub })));
    await this.cli.printAs(answer, async () => erasedText(await safeLines(contact), answer));
  }

  @Option({ flags: '-f, --force', description: 'Do not ask for confirmation' })
  parseForce(): boolean {
    return true;
  }

  @Option({ flags: '--scrub', description: scrubbing.help })
  parseScrub(): boolean {
    return true;
  }
}

/** What was erased and what was not yet, a sentence per line. */
export function erasedText(contact: string, { removed, pending = 0, instances }: EraseResponse): string {
  const lines = [`Erased ${contact}: ${counted(removed, 'trace')}.`];
  if (pending > 0) {
    lines.push(
      `${pending === removed ? 'They' : `${pending} of them`} can no longer be read, but are in the files of the database ` +
        'until it rewrites them at night. Give --scrub to have that done now.',
    );
  }
  if (instances && instances.pending === 0) {
    lines.push(`${instances.done === 1 ? 'The instance' : `All ${instances.done} instances`} erased it.`);
  }
  if (instances && instances.pending > 0) {
    const { done, pending: waiting } = instances;
    lines.push(
      `${done} of ${counted(done + waiting, 'instance')} erased it. ` +
        (waiting === 1
          ? 'The other one does so as soon as it reaches the database.'
          : 'The others do so as soon as they reach the database.'),
    );
  }
  return lines.join('\n');
}

/** Says on stderr that the work goes on when it takes long. */
async function patiently<T>(work: Promise<T>): Promise<T> {
  const started = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1_000);
    process.stderr.write(`Erasing, for ${seconds} s until now. Ctrl-C ends this command, not the work.\n`);
  }, PATIENCE_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

function counted(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}
