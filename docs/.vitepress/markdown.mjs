import { posix } from 'node:path';

const BLOB = 'https://github.com/nestjs-trace-collector/nestjs-trace-collector/blob/main/';

/** The anchor of a heading, as GitHub makes it: the same links work in both places. */
export function slugOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

/** @param {import('markdown-it')} md */
export function configure(md) {
  md.core.ruler.push('repository-links', (state) => linksToRepository(state));
  // `{{contact.id}}` in a code span is text, and no expression of Vue.
  md.renderer.rules.code_inline = (tokens, index) => `<code v-pre>${md.utils.escapeHtml(tokens[index].content)}</code>`;
}

/**
 * Makes links that leave `docs/` (`../ARCHITECTURE.md`) lead to the repository: the site has the files of `docs/` only, and
 * the same Markdown is read on GitHub.
 */
function linksToRepository(state) {
  const folder = posix.join('docs', posix.dirname(state.env.relativePath ?? ''));
  for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
    if (token.type !== 'link_open') continue;
    const href = token.attrGet('href') ?? '';
    if (/^(?:\w+:|#|\/)/.test(href)) continue;
    const target = posix.join(folder, href);
    if (!target.startsWith('docs/')) token.attrSet('href', BLOB + target);
  }
}
