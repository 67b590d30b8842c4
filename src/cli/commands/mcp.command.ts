import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';

interface McpOptions {
  printConfig?: boolean;
}

@Command({
  name: 'mcp',
  description: 'Serve traces to a model: a read-only MCP server on stdin and stdout',
  examples: [
    ['mcp --print-config', 'the entry for the configuration of an MCP client'],
    ['$ claude mcp add traces -- % mcp', 'for Claude Code'],
  ],
})
export class McpCommand implements CommandRunner<McpOptions> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], { printConfig = false }: McpOptions): Promise<void> {
    if (printConfig) {
      const { clientConfig } = await import('../mcp/client-config.js');
      await this.cli.write(JSON.stringify(clientConfig(this.cli.settings), null, 2));
      const { store } = this.cli.settings;
      if (store?.origin === 'flag' && /:[^/@]+@/.test(store.value)) {
        await this.cli.notice('The password is not printed: put it into the environment of the entry as PGPASSWORD.');
      }
      return;
    }
    const { serveMcp } = await import('../mcp/serve-mcp.js');
    await serveMcp(this.cli);
  }

  @Option({ flags: '--print-config', description: 'Print the configuration for an MCP client, and exit' })
  parsePrintConfig(): boolean {
    return true;
  }
}
