import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { ID_HELP, parseTraceId } from './trace-id.js';

interface OpenOptions {
  browser?: boolean;
}

@Command({
  name: 'open',
  arguments: '[id]',
  argsDescription: { id: `${ID_HELP}; none: the list of traces` },
  description: "Print the link to the application's page, or to a trace on it; with --browser, open it",
  examples: [
    ['open', 'the link, with the token that the application generated, if it has one'],
    ['open z49hFQn0DxOX5sInJg60_20240120_143022_123456 --browser', 'one trace, in the browser'],
  ],
})
export class OpenCommand implements CommandRunner<OpenOptions> {
  constructor(private readonly cli: Cli) {}

  async run([id]: string[], { browser = false }: OpenOptions): Promise<void> {
    const { pageLink } = await import('../open/page-link.js');
    const link = await pageLink(this.cli, id === undefined ? undefined : parseTraceId(id));
    const { url, asks } = link;
    await this.cli.printAs({ url }, () => url);
    if (asks !== undefined) await this.cli.notice(`The page asks for ${asks}, which is not in the link.`);
    if (!browser) return;
    const { openBrowser } = await import('../open/open-browser.js');
    const problem = await openBrowser(link, this.cli.env);
    if (problem !== undefined) await this.cli.notice(`The browser was not opened: ${problem}. Open the link yourself.`);
  }

  @Option({ flags: '--browser', description: 'Open the link in the browser too (env: BROWSER)' })
  parseBrowser(): boolean {
    return true;
  }
}
