import { readFile } from 'node:fs/promises';
import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { importTrace, type ImportedTrace } from '../../../libs/trace/src/views/responses/import-trace.js';
import { EMBEDDED_TRACE } from '../../../libs/trace/src/views/render/html/html-trace.js';
import { usageError } from '../cli-error.js';
import { decodeText } from './decode-text.js';

/** The trace in a file, or on stdin for `-`. Throws `DATA_UNREADABLE` for other content. */
export async function readTrace(file: string): Promise<ImportedTrace> {
  const text = decodeText(file === '-' ? await readStdin() : await read(file)).trim();
  return importTrace(parse(/^<!doctype html/i.test(text) ? embedded(text) : text));
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw usageError(`cannot read '${file}' (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`);
  }
}

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The data in a page that `--html` wrote. */
function embedded(page: string): string {
  const [, data] =
    new RegExp(`<script type="application/json" id="${EMBEDDED_TRACE}">([^<]*)</script>`).exec(page) ?? [];
  if (data === undefined) throw new TraceCollectorError('DATA_UNREADABLE', 'This page has no trace in it.');
  return data;
}

function parse(text: string): unknown {
  if (text === '') throw new TraceCollectorError('DATA_UNREADABLE', 'This is no trace: there is nothing in it.');
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = (error as Error).message.slice(0, 200);
    throw new TraceCollectorError('DATA_UNREADABLE', `This is no trace: it is no JSON (${why}).`, { cause: error });
  }
}
