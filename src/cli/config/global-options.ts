import { PARAMETERS } from '../../../libs/trace/src/contract/parameters.js';
import { readParameter } from '../../../libs/trace/src/contract/read-parameter.js';
import type { OptionMeta } from '../framework/option.decorator.js';
import { usageError } from '../cli-error.js';

/** The options that every command takes. */
export const GLOBAL_OPTIONS: readonly OptionMeta[] = [
  {
    flags: '--url <url>',
    description:
      'URL of the application; its path, if any, is that of the debug routes (default: the running application of the directory, then env TRACE_URL, then http://localhost:8000)',
  },
  {
    flags: '--dir <dir>',
    description:
      "The application's trace directory: its running application is asked, else the files are read; with --url only if that server does not answer (env: TRACE_DIR, default: .traces)",
  },
  {
    flags: '--store <url>',
    description:
      'Ask the shared store of several instances itself: postgres://… or clickhouse://… (env: TRACE_STORE_URL, asked if no server answers)',
  },
  {
    flags: '--token-file <file>',
    description:
      "File with the server's token (env: TRACE_TOKEN contains the token itself; default: <dir>/debug-token)",
  },
  { flags: '--json', description: 'Print JSON for programs: { "schema": 1, … }; errors are JSON on stderr' },
  { flags: '--raw', description: 'Print the JSON as stored, on one line' },
  { flags: '--pretty', description: 'Print the JSON as stored, indented' },
  { flags: '--md', description: 'Print Markdown, for an issue, a chat or a model' },
  { flags: '--html', description: 'Print a trace as one HTML page that opens without a server' },
  {
    flags: '--plain',
    description: 'Print lines for grep, cut and awk: values separated by tabs, no colours, no headings',
  },
  { flags: '--max-tokens <n>', description: 'With --md: number of tokens in a trace (default: 8000)' },
  { flags: '--no-color', description: 'Print no colours (env: NO_COLOR)' },
  { flags: '--no-pager', description: 'Print long answers at once; on a terminal they open in a pager (env: PAGER, default: less -RFX)' },
  { flags: '-o, --output <file>', description: 'Write to this file instead of stdout' },
];

export interface GlobalFlags {
  url?: string;
  dir?: string;
  store?: string;
  tokenFile?: string;
  json?: boolean;
  raw?: boolean;
  pretty?: boolean;
  md?: boolean;
  html?: boolean;
  plain?: boolean;
  maxTokens?: string;
  color?: boolean;
  pager?: boolean;
  output?: string;
}

export type Format = 'human' | 'json' | 'raw' | 'pretty' | 'md' | 'html' | 'plain';

/** The chosen format. Two are a usage error. */
export function chosenFormat(flags: GlobalFlags): Format {
  const asked = (['json', 'raw', 'pretty', 'md', 'html', 'plain'] as const).filter((format) => flags[format]);
  if (asked.length > 1) {
    throw usageError(`${asked.map((format) => `--${format}`).join(' and ')} exclude each other: choose one`);
  }
  return asked[0] ?? 'human';
}

/** The value of `--max-tokens`, with the bounds of the routes. */
export function chosenMaxTokens({ maxTokens }: GlobalFlags): number | undefined {
  if (maxTokens === undefined) return undefined;
  const tokens = readParameter(PARAMETERS.max_tokens, maxTokens);
  if (tokens !== undefined) return tokens;
  throw usageError(`--max-tokens: '${maxTokens}' is not ${PARAMETERS.max_tokens.allowed}`);
}
