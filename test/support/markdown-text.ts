/** Text that a Markdown reader formats: without fences and without code spans of any length. */
export function outsideOfCode(markdown: string): string {
  let closing: string | undefined;
  const text = markdown.split('\n').filter((line) => {
    const ticks = /^(`{3,})[a-z]*$/.exec(line)?.[1];
    if (closing !== undefined) {
      if (ticks !== undefined && line === ticks && ticks.length >= closing.length) closing = undefined;
      return false;
    }
    closing = ticks;
    return ticks === undefined;
  });
  return text.join('\n').replace(/(?<!`)(`+)(?!`)(?:(?!\n).)*?(?<!`)\1(?!`)/gu, '');
}
