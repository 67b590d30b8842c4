import { oneLine } from '../format/visible.js';
import type { LinePart, LinkTarget } from '../model/hint-links.js';
import { MARKS } from '../model/marks.js';
import { contactHref, href, route, traceHref } from '../state/route.js';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';

const ICONS: Record<string, IconName> = MARKS;

const BAD: readonly IconName[] = [
  'error',
  'interrupted',
  'timeout',
  'silent',
  'route',
  'active',
  'filter',
  'tag',
  'custom',
  'db',
];
const MARK = /^(\p{Extended_Pictographic})\uFE0F?\s*/u;

/** A line from the server, with its mark as an icon. */
export function MarkedLine({ line, most = 400 }: { line: string; most?: number }) {
  const mark = MARK.exec(line);
  const icon = mark && ICONS[mark[1] ?? ''];
  return (
    <>
      <Icon name={icon ?? 'custom'} />
      <bdi>{oneLine(mark ? line.slice(mark[0].length) : line, most)}</bdi>
    </>
  );
}

/** Without the mark; text that begins with another sign stays as it is. */
export function withoutMark(line: string): string {
  const mark = MARK.exec(line);
  return mark && (mark[1] ?? '') in ICONS ? line.slice(mark[0].length) : line;
}

/** A step is one of the shown trace. */
function hrefOf(to: LinkTarget): string {
  if ('trace' in to) return traceHref(to.trace);
  if ('contact' in to) return contactHref(to.contact);
  const { page, name } = route.value;
  return page === 'file' ? href('file', { e: String(to.step) }) : traceHref(name, { e: String(to.step) });
}

interface HintsProps {
  hints: readonly string[];
  /** Splits a hint at what is a link. Without it a hint is text. */
  toParts?: (line: string) => LinePart[];
}

/** The hints of a trace, one line each. */
export function Hints({ hints, toParts }: HintsProps) {
  if (hints.length === 0) return null;
  return (
    <ul class="hints" aria-label="Hints">
      {hints.map((hint, index) => {
        const icon = ICONS[MARK.exec(hint)?.[1] ?? ''] ?? 'custom';
        return (
          <li key={index} class={icon === 'completed' ? 'hint-good' : BAD.includes(icon) ? 'hint-bad' : undefined}>
            {toParts ? (
              <>
                <Icon name={icon} />
                <bdi>
                  {toParts(oneLine(withoutMark(hint), 400)).map(({ text, to }) =>
                    to === undefined ? text : <a href={hrefOf(to)}>{text}</a>,
                  )}
                </bdi>
              </>
            ) : (
              <MarkedLine line={hint} />
            )}
          </li>
        );
      })}
    </ul>
  );
}
