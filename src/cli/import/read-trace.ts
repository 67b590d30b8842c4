import { readFile } from 'node:fs/promises';
import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { importTrace, type ImportedTrace } from '../../../libs/trace/src/views/responses/import-trace.js';
import { EMBEDDED_TRACE } from '../../../libs/trace/src/views/render/html/html-trace.js';
import { usageError } from '../cli-error.js';
import { isOtlp, readOtlp } from './read-otlp.js';
import { decodeText } from './decode-text.js';

/**
 * The trace in a file, or on stdin for `-`. Throws `DATA_UNREADABLE` for other content.
 *
 * @param traceId which trace of a file of OTLP JSON, by the beginning of its id
 */
export async function readTrace(file: string, traceId?: string): Promise<ImportedTrace> {
  const text = decodeText(file === '-' ? await readStdin() : await read(file)).trim();
  if (/^<!doctype html/i.test(text)) return importTrace(parse(embedded(text)));
  const values = linesOf(text) ?? [parse(text)];
  if (isOtlp(values[0])) return { kind: 'trace', answer: readOtlp(values, traceId) };
  if (traceId !== undefined) throw usageError('--trace-id is for OTLP JSON; this file has one trace');
  return importTrace(values[0]);
}

/** Requests of OTLP, one on each line, as a collector writes them. `undefined`: the file is one value. */
function linesOf(text: string): unknown[] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 2 || !lines.every((line) => /^\s*\{.*"resourceSpans".*\}\s*$/.test(line))) return undefined;
  return lines.map(parse);
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
