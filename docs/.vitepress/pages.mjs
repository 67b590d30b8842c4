import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DOCS = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Entries of the sidebar for all pages of a folder, its index first, then by title. A page's title is its first heading.
 * @param {string} folder such as `recipes`
 */
export function pagesOf(folder) {
  const pages = readdirSync(join(DOCS, folder))
    .filter((name) => name.endsWith('.md') && name !== 'index.md')
    .map((name) => ({ text: titleOf(join(DOCS, folder, name)), link: `/${folder}/${name.slice(0, -3)}` }))
    .sort((a, b) => a.text.localeCompare(b.text, 'en'));
  return [{ text: 'Overview', link: `/${folder}/` }, ...pages];
}

function titleOf(file) {
  return /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? file;
}
