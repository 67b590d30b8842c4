import { InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.js';
import { usageError } from '../cli-error.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { parseText } from '../framework/parameter-option.js';

export interface ExplainOptions {
  header?: Record<string, string>;
  path?: string;
  method?: string;
  contentType?: string;
}

@Command({
  name: 'explain',
  arguments: '<body>',
  argsDescription: { body: 'file with the body of a webhook (JSON, a form, multipart); - reads stdin' },
  description: 'Explain which dialect, contact, message and ids are read from a webhook, and why; needs no server',
  examples: [
    ['explain body.json', 'who wrote, and which field says so?'],
    ['explain body.json --json', 'for programs'],
    ["explain - --header 'X-GitHub-Event: push'", 'a sender that is known by a header'],
    ["explain form.txt --path '/webhook?contact_id=7'", 'with fields in the query'],
  ],
})
export class ExplainCommand implements CommandRunner<ExplainOptions> {
  constructor(private readonly cli: Cli) {}

  async run([file = '']: string[], { header = {}, path = '/webhook', method = 'POST', contentType }: ExplainOptions) {
    if (this.cli.format === 'html' || this.cli.format === 'plain') {
      throw usageError(`--${this.cli.format}: explain does not write this format; use --json or --md`);
    }
    const { runExplain, explainText, explainMarkdown } = await import('../explain/run-explain.js');
    const answer = await runExplain({ file: parseText(file), target: path, method, headers: header, contentType });
    await this.cli.printAs(answer, () => (this.cli.format === 'md' ? explainMarkdown(answer) : explainText(answer)));
  }

  @Option({
    flags: '--header <line>',
    description: "Header of the request, 'Name: value'; may be given several times",
  })
  parseHeader(line: string, before?: Record<string, string>): Record<string, string> {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/s.exec(line) ?? [];
    if (name === undefined) throw new InvalidArgumentError("It is no header: write 'Name: value'.");
    return { ...before, [name.toLowerCase()]: value!.trim() };
  }

  @Option({ flags: '--path <path>', description: 'Path and query of the request', defaultText: '/webhook' })
  parsePath(path: string): string {
    if (!path.startsWith('/')) throw new InvalidArgumentError('A path begins with a slash.');
    return path;
  }

  @Option({ flags: '--method <method>', description: 'HTTP method', defaultText: 'POST' })
  parseMethod(method: string): string {
    if (!/^[A-Za-z]{1,20}$/.test(method)) throw new InvalidArgumentError('It is no HTTP method.');
    return method;
  }

  @Option({
    flags: '--content-type <type>',
    description: 'Content type of the body; by default it is derived from the text',
  })
  parseContentType(type: string): string {
    return parseText(type);
  }
}
