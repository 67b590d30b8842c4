import { proseOf, blocksIn } from './markdown-blocks.js';

/** A call of our program in a document. */
export interface DocumentedCommand {
  where: string;
  command: string;
  flags: string[];
}

const CALL = /\b(?:npx nestjs-trace-collector|get-trace) ([a-z][\w-]*)((?:[^`\n|#&;]|#(?=\w))*)/g;

/** The calls of our program in the shell blocks and in the code spans of a document. */
export function documentedCommands(document: string): DocumentedCommand[] {
  const blocks = blocksIn(document)
    .filter(({ language }) => ['sh', 'bash'].includes(language))
    .map(({ where, code }) => ({ where, text: code }));
  const spans = [...proseOf(document).matchAll(/`([^`\n]+)`/g)].map(([, text]) => ({ where: document, text: text! }));
  return [...blocks, ...spans].flatMap(({ where, text }) =>
    [...text.matchAll(CALL)].map(([, command, rest]) => ({
      where,
      command: command!,
      flags: [...withoutTexts(rest!).matchAll(/(?<=\s)--?[a-zA-Z][\w-]*/g)].map(([flag]) => flag),
    })),
  );
}

/** Without texts in quotes, and without what follows `--`, which is no flag. */
function withoutTexts(words: string): string {
  return words.split(' -- ')[0]!.replaceAll(/'[^']*'|"[^"]*"/g, '""');
}
