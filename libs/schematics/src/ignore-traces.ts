import { textOf, type Tree } from './tree.js';

const FILE = '.gitignore';
const DIRECTORY = '.traces/';

/** Adds the default directory of traces to `.gitignore`: they contain messages of contacts. Returns whether it changed. */
export function ignoreTraces(tree: Tree): boolean {
  const text = textOf(tree, FILE);
  if (text === undefined) {
    tree.create(FILE, `${DIRECTORY}\n`);
    return true;
  }
  if (/^\/?\.traces\/?\s*$/m.test(text)) return false;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text === '' || text.endsWith('\n') ? text : text + newline;
  tree.overwrite(
    FILE,
    `${before}${newline}# Recorded traces of nestjs-trace-collector${newline}${DIRECTORY}${newline}`,
  );
  return true;
}
