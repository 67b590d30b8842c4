import { readFileSync, readdirSync } from 'node:fs';

/** A fenced block of a Markdown document. */
export interface Block {
  /** Its place, such as `README.md:71`. */
  where: string;
  /** The word behind the fence: `ts`, `sh`, `json`; empty for none. */
  language: string;
  code: string;
}

/** The Markdown pages of the documentation site, without installed packages and the generated API reference. */
export function documentationPages(): string[] {
  return readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !/^(?:node_modules|api)\//.test(name))
    .map((name) => `docs/${name}`)
    .toSorted();
}

/** The fenced blocks of a document, also those inside a list, without their indentation. */
export function blocksIn(document: string): Block[] {
  const text = readFileSync(document, 'utf8');
  return [...text.matchAll(/^( *)```(\w*)[^\n]*\n(.*?)^\1```/gms)].map(
    ({ 1: indent, 2: language, 3: code, index }) => ({
      where: `${document}:${text.slice(0, index).split('\n').length}`,
      language: language!,
      code: code!.replaceAll(new RegExp(`^${indent!}`, 'gm'), ''),
    }),
  );
}

/** A document without its fenced blocks. */
export function proseOf(document: string): string {
  return readFileSync(document, 'utf8').replace(/^( *)```.*?^\1```/gms, '');
}
