import { oneLine, visible } from '../format/visible.js';
import type { StackLine } from '../model/stack-lines.js';

/** A stack as recorded. Below a frame with a source map are the location and the line of the source. */
export function Stack({ lines, label }: { lines: readonly StackLine[]; label: string }) {
  return (
    <pre class="stack" tabIndex={0} aria-label={label}>
      {lines.map(({ text, found }, index) => (
        <span key={index} class="stack-line">
          {visible(text)}
          {'\n'}
          {found && (
            <span class="stack-source">
              <b>
                {oneLine(found.file, 300)}:{found.line}
              </b>{' '}
              {visible(found.code)}
              {'\n'}
            </span>
          )}
        </span>
      ))}
    </pre>
  );
}
