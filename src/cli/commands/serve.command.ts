import { InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { parseText } from '../framework/parameter-option.js';
import type { ServeOptions } from '../serve/serve.js';

@Command({
  name: 'serve',
  description: 'Serve the page, REST, the stream and MCP without an application: of a directory or a shared store',
  examples: [
    ['serve', 'the directory of TRACE_DIR, or .traces, on http://localhost:8001/debug'],
    ['serve --dir /var/lib/app/traces --port 9000', 'another directory and port'],
    ['serve --store postgres://user@db:5432/traces', 'all instances of a shared store; the password from PGPASSWORD'],
    ['serve --host 0.0.0.0 --token-file ./token', 'for other machines, who need the token'],
    ['serve --dir ./traces --record --alone', 'record spans of services that have no Nest application'],
  ],
})
export class ServeCommand implements CommandRunner<ServeOptions> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], options: ServeOptions): Promise<void> {
    const { serve } = await import('../serve/serve.js');
    await serve(this.cli, options);
  }

  @Option({ flags: '--port <n>', description: 'Port to listen on; 0 takes a free one', defaultText: '8001' })
  parsePort(text: string): number {
    const port = Number(text);
    if (text.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new InvalidArgumentError('Give a whole number from 0 to 65535.');
    }
    return port;
  }

  @Option({
    flags: '--host <host>',
    description: 'Address to listen on; one that other machines reach needs a token of 32 characters or more',
    defaultText: '127.0.0.1',
  })
  parseHost(text: string): string {
    return parseText(text);
  }

  @Option({
    flags: '--record',
    description:
      'Record spans of OpenTelemetry into the directory: POST /debug/otlp/v1/traces. Without it nothing is changed there',
  })
  parseRecord(): boolean {
    return true;
  }

  @Option({
    flags: '--alone',
    description:
      'With --record, where no application uses the directory: index it, delete old traces by TRACE_MAX_AGE, TRACE_ERROR_MAX_AGE and TRACE_MAX_BYTES (default 7d, 30d, 1GiB), and answer pin, clear and forget',
  })
  parseAlone(): boolean {
    return true;
  }
}
