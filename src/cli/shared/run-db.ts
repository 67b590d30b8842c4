import type { SchemaStatus } from '../../../libs/trace/src/shared/schema-tools.js';
import { shownTarget, type SharedTarget } from '../../../libs/trace/src/store/shared-target.js';
import { openSchema } from '../../../libs/trace/src/targets/schemas.js';
import { bytes } from '../../../libs/trace/src/views/text/bytes.js';
import { countOf } from '../../../libs/trace/src/views/text/durations.js';
import { terminalSafe } from '../../../libs/trace/src/views/text/visible-text.js';
import { Exit, QuietExit } from '../cli-error.js';
import type { Cli } from '../cli.js';
import type { Setting } from '../config/settings.js';
import type { DbAction, DbOptions } from '../commands/db-action.js';
import { neededTarget, targetOf } from './store-setting.js';

/** The statements need no connection, so no URL either. */
const ANY_DATABASE: Setting<string> = { value: 'postgres://localhost/postgres', origin: 'default', name: 'default' };

export async function runDb(cli: Cli, action: DbAction, { print = false }: DbOptions): Promise<void> {
  if (print) return printScript(cli);
  const target = neededTarget(cli.settings, `db ${action}`);
  if (action === 'status') return showStatus(cli, target);
  await migrate(cli, target);
}

async function printScript(cli: Cli): Promise<void> {
  const tools = openSchema(targetOf(cli.settings.store ?? ANY_DATABASE));
  try {
    await cli.write(tools.script());
  } finally {
    await tools.close();
  }
}

async function showStatus(cli: Cli, given: SharedTarget): Promise<void> {
  // As for an application that may not migrate: then it says what is missing.
  const tools = openSchema({ ...given, manage: 'off' });
  let status: SchemaStatus;
  try {
    status = await tools.status();
  } finally {
    await tools.close();
  }
  const url = shownTarget(given);
  await cli.printAs({ store: url, ...status }, () => statusText(url, status));
  if (status.refused !== undefined || status.version !== status.wanted) throw new QuietExit(Exit.unreadable);
}

/** One line for each thing that people look for. */
function statusText(url: string, status: SchemaStatus): string {
  const { server, name, version, wanted, refused, days, search } = status;
  const lines = [
    ['store', url],
    ['server', server],
    [status.kind === 'postgres' ? 'schema' : 'database', name],
    [
      'tables',
      version === null ? 'none' : `version ${version}${version === wanted ? '' : `; this program has ${wanted}`}`,
    ],
    ...(version === null ? [] : [['size', bytes(status.bytes)]]),
    ...(days.length === 0 ? [] : [['days', `${countOf(days.length, 'partition')}, ${days[0]} to ${days.at(-1)}`]]),
    ...(search === undefined
      ? []
      : [['text search', search === 'trigram' ? 'with an index' : 'reads rows for a limited time']]),
    ...(refused === undefined ? [] : [['problem', refused]]),
  ] as [string, string][];
  return lines.map(([title, value]) => `${title.padEnd(11)}  ${terminalSafe(value)}`).join('\n');
}

async function migrate(cli: Cli, target: SharedTarget): Promise<void> {
  const tools = openSchema({ ...target, manage: 'auto' });
  try {
    const { from, to } = await tools.migrate();
    const where = shownTarget(target);
    const done =
      from === to
        ? `${where} has the tables of version ${to} already.`
        : from === null
          ? `Created the tables of version ${to} in ${where}.`
          : `Migrated ${where} from version ${from} to version ${to}.`;
    await cli.printAs({ store: where, from, to }, () => done);
  } finally {
    await tools.close();
  }
}
