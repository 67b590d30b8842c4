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
  { flags: '--md', description: 'Markdown, for an issue or a chat' },
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
  color?: boolean;
  output?: string;
}

export type Format = 'human' | 'json' | 'raw' | 'pretty' | 'md';

/** The one format that was asked for; two are a usage error, for one would have to be ignored. */
export function chosenFormat(flags: GlobalFlags): Format {
  const asked = (['json', 'raw', 'pretty', 'md'] as const).filter((format) => flags[format]);
  if (asked.length > 1) {
    throw usageError(`${asked.map((format) => `--${format}`).join(' and ')} exclude each other: choose one`);
  }
  return asked[0] ?? 'human';
}
