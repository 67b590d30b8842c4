import { useRef, useState } from 'preact/hooks';

export interface SparkBar {
  from: string;
  to: string;
  total: number;
  errors: number;
}

interface SparkBarsProps {
  bars: readonly SparkBar[];
  label: string;
  /** A window was drawn with the pointer. */
  onSelect?: (from: string, to: string) => void;
}

/** Indexes of bars. */
interface Drag {
  from: number;
  to: number;
}

/** Counts over time, with errors in their own colour. Dragging selects a window. */
export function SparkBars({ bars, label, onSelect }: SparkBarsProps) {
  const [drag, drawDrag] = useState<Drag | undefined>();
  // The pointer may be released before the page has rendered the press.
  const latest = useRef<Drag | undefined>(undefined);
  const setDrag = (next: Drag | undefined): void => {
    latest.current = next;
    drawDrag(next);
  };
  const box = useRef<SVGSVGElement>(null);
  const most = bars.reduce((max, { total }) => Math.max(max, total), 1);
  const indexAt = (event: PointerEvent): number => {
    const { left, width } = box.current!.getBoundingClientRect();
    return Math.min(bars.length - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * bars.length)));
  };
  const select = (): void => {
    const drawn = latest.current;
    if (!drawn) return;
    const [first, last] = [bars[Math.min(drawn.from, drawn.to)], bars[Math.max(drawn.from, drawn.to)]];
    setDrag(undefined);
    if (first && last) onSelect?.(first.from, last.to);
  };
  return (
    <svg
      ref={box}
      class={onSelect ? 'spark spark-select' : 'spark'}
      role="img"
      aria-label={label}
      viewBox={`0 0 ${Math.max(1, bars.length) * 10} 100`}
      preserveAspectRatio="none"
      onPointerDown={(event) => {
        if (!onSelect || bars.length === 0) return;
        box.current?.setPointerCapture(event.pointerId);
        setDrag({ from: indexAt(event), to: indexAt(event) });
      }}
      onPointerMove={(event) => latest.current && setDrag({ ...latest.current, to: indexAt(event) })}
      onPointerUp={select}
      onPointerCancel={() => setDrag(undefined)}
    >
      {bars.map(({ total, errors, from }, index) => (
        <g key={from}>
          {total > 0 && (
            <rect class="bar" x={index * 10 + 1} width="8" y={100 - h(total, most)} height={h(total, most)} />
          )}
          {errors > 0 && (
            <rect class="bar-error" x={index * 10 + 1} width="8" y={100 - h(errors, most)} height={h(errors, most)} />
          )}
        </g>
      ))}
      {drag && (
        <rect
          class="selection"
          x={Math.min(drag.from, drag.to) * 10}
          width={(Math.abs(drag.to - drag.from) + 1) * 10}
          y="0"
          height="100"
        />
      )}
    </svg>
  );
}

/** Height of a bar: at least one visible pixel. */
function h(count: number, most: number): number {
  return Math.max(4, (count / most) * 100);
}
