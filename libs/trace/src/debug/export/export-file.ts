import type { ExportAnswer } from '../../views/answers.js';
import { renderMarkdown } from '../../views/render/markdown.js';
import type { TextAnswer } from '../http/debug-reply.js';
import { fitExport } from './fit-export.js';

export interface ExportFileOptions {
  format: 'json' | 'md';
  /** About how many tokens of a language model the text may be. */
  maxTokens?: number;
}

/** The export as a file that a browser saves and a person can send on: indented JSON, or Markdown. */
export function exportFile(answer: ExportAnswer, { format, maxTokens }: ExportFileOptions): TextAnswer {
  const render = format === 'md' ? (shown: ExportAnswer) => `${renderMarkdown('export', shown)}\n` : renderJson;
  const fitted = maxTokens === undefined ? answer : fitExport(answer, maxTokens, render);
  return {
    type: format === 'md' ? 'text/markdown; charset=utf-8' : 'application/json; charset=utf-8',
    text: render(fitted),
    headers: { 'Content-Disposition': `attachment; filename="${fileName(answer.trace_id)}.${format}"` },
  };
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

function renderJson(answer: ExportAnswer): string {
  return `${JSON.stringify(answer, null, 2)}\n`;
}
