import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../../libs/trace/src/model/time.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { parseText } from '../framework/parameter-option.js';
import type { ShipOptions } from '../shared/run-ship.js';

@Command({
  name: 'ship',
  description:
    'Bring the traces of a directory into a shared store: of a dead instance, of the time before, or beside an application',
  examples: [
    [
      'ship --dir ./traces --store postgres://user@db:5432/traces',
      'what the directory has; each record is stored once',
    ],
    [
      'ship --dir /mnt/old-pod --instance web-3',
      'of a volume from another host, into the store of TRACE_STORE_URL',
    ],
    [
      'ship --dir /traces --follow --max-age 7d --error-max-age 30d',
      'as a sidecar, until it is stopped; it also deletes what is too old',
    ],
  ],
})
export class ShipCommand implements CommandRunner<ShipOptions> {
  constructor(private readonly cli: Cli) {}

  async run(_args: string[], options: ShipOptions): Promise<void> {
    const { runShip } = await import('../shared/run-ship.js');
    await runShip(this.cli, options);
  }

  @Option({ flags: '--follow', description: 'Go on with what is recorded, until Ctrl-C or a signal' })
  parseFollow(): boolean {
    return true;
  }

  @Option({
    flags: '--instance <name>',
    description: 'Name of the instance that recorded',
    defaultText: "this host's name",
  })
  parseInstance(text: string): string {
    return parseText(text);
  }

  @Option({ flags: '--service <name>', description: 'Name of its service' })
  parseService(text: string): string {
    return parseText(text);
  }

  @Option({
    flags: '--max-age <duration>',
    description: 'With --follow: delete older traces from the shared store, such as 7d',
    defaultText: 'as the applications say that use it',
  })
  parseMaxAge(text: string): number {
    return duration(text);
  }

  @Option({
    flags: '--error-max-age <duration>',
    description: 'With --max-age: age at which failed traces are deleted',
    defaultText: '--max-age',
  })
  parseErrorMaxAge(text: string): number {
    return duration(text);
  }
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new InvalidArgumentError('Give a duration such as 12h, 7d or 4w.');
}
