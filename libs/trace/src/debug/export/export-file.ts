import type { CompareResponse, ExportResponse, FullTraceResponse } from '../../contract/responses.js';
import { traceHtml } from '../../views/render/html/html-trace.js';
import { renderMarkdown } from '../../views/render/markdown/markdown.js';
import type { TextResponse } from '../http/debug-reply.js';
import { truncateExport } from './truncate-export.js';

/** The export as a file that a browser saves and a person can send on: indented JSON. */
export function exportFile(answer: ExportResponse, maxTokens?: number): TextResponse {
  const fitted = maxTokens === undefined ? answer : truncateExport(answer, maxTokens, renderJson);
  return file(answer.trace_id, 'json', 'application/json; charset=utf-8', renderJson(fitted));
}

/** The trace as Markdown, with as much of its inputs and outputs as the budget has room for. */
export function markdownFile(trace: FullTraceResponse, maxTokens?: number, comparison?: CompareResponse): TextResponse {
  const text = `${renderMarkdown('trace', trace, { maxTokens, comparison })}\n`;
  return file(trace.trace_id, 'md', 'text/markdown; charset=utf-8', text);
}

/** The trace as one page that opens without a server. */
export function htmlFile(trace: FullTraceResponse): TextResponse {
  return file(trace.trace_id, 'html', 'text/html; charset=utf-8', `${traceHtml(trace)}\n`);
}

function file(traceId: string, extension: string, type: string, text: string): TextResponse {
  const headers = { 'Content-Disposition': `attachment; filename="${fileName(traceId)}.${extension}"` };
  return { type, text, headers };
}

/** Trace ids are made of characters that RFC 6266 allows and every file system takes; a foreign store's are made so. */
function fileName(traceId: string): string {
  return (
    traceId
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .slice(0, 128)
      .replace(/^\.+/, '') || 'trace'
  );
}

function renderJson(answer: ExportResponse): string {
  return `${JSON.stringify(answer, null, 2)}\n`;
}
