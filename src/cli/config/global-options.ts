import type { OptionMeta } from '../framework/option.decorator.js';
import { usageError } from '../cli-error.js';

/** The options that every command takes. */
export const GLOBAL_OPTIONS: readonly OptionMeta[] = [
  {
    flags: '--url <url>',
    description:
      'the running application; a path in it is where its debug routes are (env: TRACE_URL, default: http://localhost:8000)',
  },
  {
    flags: '--dir <dir>',
    description:
      "the application's storage directory; named without --url it is read instead of the server (env: TRACE_DIR, default: .traces)",
  },
  {
    flags: '--token-file <file>',
    description: "a file with the server's token (env: TRACE_TOKEN holds the token itself; default: <dir>/debug-token)",
  },
  { flags: '--json', description: 'JSON for programs: { "schema": 1, … }; errors are JSON on stderr' },
  { flags: '--raw', description: 'the JSON as stored, on one line' },
  { flags: '--pretty', description: 'the JSON as stored, indented' },
  { flags: '--md', description: 'Markdown, for an issue, a chat or a model' },
  { flags: '--html', description: 'a trace as one page that opens without a server' },
  { flags: '--plain', description: 'lines for grep, cut and awk: values between tabs, no colours, no headings' },
  { flags: '--max-tokens <n>', description: 'with --md: a trace in at most so many tokens of a model (default: 8000)' },
  { flags: '--no-color', description: 'no colours (env: NO_COLOR)' },
  { flags: '-o, --output <file>', description: 'write to this file instead of stdout' },
];

export interface GlobalFlags {
  url?: string;
  dir?: string;
  tokenFile?: string;
  json?: boolean;
  raw?: boolean;
  pretty?: boolean;
  md?: boolean;
  html?: boolean;
  plain?: boolean;
  maxTokens?: string;
  color?: boolean;
  output?: string;
}

export type Format = 'human' | 'json' | 'raw' | 'pretty' | 'md' | 'html' | 'plain';

/** The one format that was asked for; two are a usage error, for one would have to be ignored. */
export function chosenFormat(flags: GlobalFlags): Format {
  const asked = (['json', 'raw', 'pretty', 'md', 'html', 'plain'] as const).filter((format) => flags[format]);
  if (asked.length > 1) {
    throw usageError(`${asked.map((format) => `--${format}`).join(' and ')} exclude each other: choose one`);
  }
  return asked[0] ?? 'human';
}

/** The budget of `--max-tokens`, as the server's routes have it. */
export function chosenMaxTokens({ maxTokens }: GlobalFlags): number | undefined {
  if (maxTokens === undefined) return undefined;
  const tokens = /^\d{1,9}$/.test(maxTokens) ? Number(maxTokens) : Number.NaN;
  if (tokens >= 100 && tokens <= 1_000_000) return tokens;
  throw usageError(`--max-tokens: '${maxTokens}' is no whole number from 100 to 1000000`);
}
