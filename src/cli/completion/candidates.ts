import { ERROR_GROUP_STATES } from '../../../libs/trace/src/contract/insights.response.js';
import type { ValueKind, ValuesResponse } from '../../../libs/trace/src/contract/responses.js';
import { LOGGED_LEVELS } from '../../../libs/trace/src/model/trace.js';
import { TRACE_SORTS } from '../../../libs/trace/src/model/trace-search.js';
import { LIST_COLUMNS } from '../../../libs/trace/src/views/render/list-columns.js';
import { ERRORS_ACTIONS } from '../commands/errors-action.js';
import type { Parameter } from '../../../libs/trace/src/contract/parameters.js';
import { QUESTIONS } from '../../../libs/trace/src/contract/questions.js';
import { STATUS_WORDS } from '../../../libs/trace/src/model/status.js';
import type { Cli } from '../cli.js';
import { DB_ACTIONS } from '../commands/db-action.js';
import { GLOBAL_OPTIONS } from '../config/global-options.js';
import { commandMeta, optionsOf, type CommandClass, type CommandMeta } from '../framework/command.decorator.js';
import type { OptionMeta } from '../framework/option.decorator.js';
import { SHELLS } from './shells.js';

/** Time for the completion of one Tab key, in milliseconds; a shell is blocked meanwhile. */
const PATIENCE_MS = 1_500;
const NEWEST = 100;

/** A candidate is inserted into a command line unquoted: it contains no character that a shell interprets. */
const SAFE = /^[\w.@:+/,-]+$/;

/** The completions of the last of `words`: commands, options, values of an option, trace ids, contacts. */
export async function candidates(
  cli: Cli,
  words: readonly string[],
  commands: readonly CommandClass[],
): Promise<string[]> {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const all = await possible(cli, typed, before, commands);
  return [...new Set(all)].filter((word) => word.startsWith(typed) && SAFE.test(word));
}

async function possible(
  cli: Cli,
  typed: string,
  before: readonly string[],
  commands: readonly CommandClass[],
): Promise<string[]> {
  const metas = commands.map((target) => ({ target, meta: commandMeta(target) }));
  const command = metas.find(({ meta }) => [meta.name, ...(meta.aliases ?? [])].some((name) => before.includes(name)));
  const options: readonly OptionMeta[] = [...(command ? optionsOf(command.target) : []), ...GLOBAL_OPTIONS];
  const last = before.at(-1);
  const open = options.find(({ flags }) => / <\w+>$/.test(flags) && namesOf(flags).includes(last ?? ''));
  if (open) return valuesOf(open, typed, cli);
  if (typed.startsWith('-')) return [...options.flatMap(({ flags }) => namesOf(flags)), '--help'];
  if (!command) return [...metas.flatMap(({ meta }) => [meta.name, ...(meta.aliases ?? [])]), 'help'];
  const { name } = command.meta;
  if (name === 'completion') return Object.keys(SHELLS);
  if (name === 'db') return [...DB_ACTIONS];
  if (name === 'errors') return errorsArguments(cli, last ?? '');
  const type = name === 'open' ? 'trace_id' : argumentType(command.meta);
  if (type === 'trace_id') return [...(await ids(cli)), ...(name === 'diff' && last !== name ? ['last-ok'] : [])];
  return type === 'contact' ? contacts(cli) : [];
}

/** The type of a command's arguments, from the question that it asks. */
function argumentType(meta: CommandMeta): string | undefined {
  const question = Object.values(QUESTIONS).find(({ cli }) => cli === meta.name);
  if (meta.arguments === undefined || question === undefined) return undefined;
  return Object.values<Parameter>(question.parameters).find(({ required }) => required)?.type;
}

async function valuesOf({ flags, choices }: OptionMeta, typed: string, cli: Cli): Promise<string[]> {
  if (choices) return [...choices];
  const [name = ''] = namesOf(flags).slice(-1);
  const several = SEVERAL[name];
  if (several) return several.map((word) => typed.slice(0, typed.lastIndexOf(',') + 1) + word);
  const words = WORDS[name];
  if (words) return [...words];
  const kind = KINDS[name];
  if (kind) return patiently(cli.ask((source) => source.values(kind, typed)).then(namesOfValues), []);
  if (name === '--fingerprint') return fingerprints(cli);
  return name === '--contact' ? contacts(cli) : [];
}

/** Values of options; those of `SEVERAL` may be joined by commas. */
const SEVERAL: Readonly<Record<string, readonly string[]>> = { '--status': STATUS_WORDS, '--columns': LIST_COLUMNS };
const WORDS: Readonly<Record<string, readonly string[]>> = {
  '--sort': TRACE_SORTS,
  '--state': ERROR_GROUP_STATES,
  '--log': LOGGED_LEVELS,
};
const KINDS: Readonly<Record<string, ValueKind>> = {
  '--model': 'model',
  '--host': 'host',
  '--tag': 'tag',
  '--instance': 'instance',
};

function namesOfValues({ values }: ValuesResponse): string[] {
  return values.map(({ value }) => value);
}

async function errorsArguments(cli: Cli, last: string): Promise<string[]> {
  return Object.hasOwn(ERRORS_ACTIONS, last) ? fingerprints(cli) : Object.keys(ERRORS_ACTIONS);
}

function fingerprints(cli: Cli): Promise<string[]> {
  const asked = cli.ask((source) => source.errorGroups({}));
  return patiently(
    asked.then(({ groups }) => groups.map(({ fingerprint }) => fingerprint)),
    [],
  );
}

function namesOf(flags: string): string[] {
  return flags.match(/--?[\w-]+/g) ?? [];
}

async function ids(cli: Cli): Promise<string[]> {
  return (await newest(cli)).map(({ trace_id }) => trace_id);
}

async function contacts(cli: Cli): Promise<string[]> {
  return (await newest(cli)).map(({ contact_id }) => contact_id);
}

/** The newest traces; none where there is no server and no directory, or the answer is late. */
function newest(cli: Cli): Promise<{ trace_id: string; contact_id: string }[]> {
  return patiently(
    cli.ask((source) => source.traces({ limit: NEWEST })).then(({ traces }) => traces),
    [],
  );
}

/** The answer, or `otherwise` where it fails or is late: a shell waits for it. */
async function patiently<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, otherwise);
  });
  return Promise.race([asked, late])
    .catch(() => otherwise)
    .finally(() => clearTimeout(timer));
}
