import { usageError } from '../cli-error.js';
import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import { Option } from '../framework/option.decorator.js';
import { nearestWord } from '../../../libs/trace/src/model/nearest-word.js';
import { DB_ACTIONS, type DbAction, type DbOptions } from './db-action.js';

@Command({
  name: 'db',
  arguments: '<action>',
  argsDescription: {
    action: 'init creates the tables of a shared store, status shows their state, migrate brings them to this version',
  },
  description: 'Create, check and migrate the tables of a shared store',
  examples: [
    [
      'db init --store postgres://user@db:5432/traces',
      'creates the tables, and the partitions of the next days',
    ],
    ['db status', 'of TRACE_STORE_URL; exit code 5: out of reach, 6: no tables, or of another version'],
    ['db migrate --print > tables.sql', 'the statements, for a person who may run them'],
  ],
})
export class DbCommand implements CommandRunner<DbOptions> {
  constructor(private readonly cli: Cli) {}

  async run([action = '']: string[], options: DbOptions): Promise<void> {
    if (!DB_ACTIONS.includes(action as DbAction)) {
      const meant = nearestWord(action, DB_ACTIONS);
      throw usageError(
        `'${action}' is no action of db; allowed: ${DB_ACTIONS.join(', ')}${meant ? `. Did you mean '${meant}'?` : ''}`,
      );
    }
    if (options.print && action === 'status')
      throw usageError('db status prints no statements: use --print with migrate');
    const { runDb } = await import('../shared/run-db.js');
    await runDb(this.cli, action as DbAction, options);
  }

  @Option({ flags: '--print', description: 'Print the SQL that init and migrate run, and change nothing' })
  parsePrint(): boolean {
    return true;
  }
}
