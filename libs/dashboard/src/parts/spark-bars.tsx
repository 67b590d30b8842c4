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

/** The bars at which a drag began and where it is now: bars, because new ones may be loaded meanwhile. */
interface Drag {
  from: SparkBar;
  to: SparkBar;
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
  /** `undefined`: no bars are left. */
  const barAt = (event: PointerEvent): SparkBar | undefined => {
    const { left, width } = box.current!.getBoundingClientRect();
    const index = Math.floor(((event.clientX - left) / width) * bars.length);
    return bars[Math.min(bars.length - 1, Math.max(0, index))];
  };
  const select = (event: PointerEvent): void => {
    const drawn = latest.current;
    if (!drawn) return;
    setDrag(undefined);
    // Where the pointer was released: its last moves may be missing.
    const [first, last] = inOrder({ from: drawn.from, to: barAt(event) ?? drawn.to });
    onSelect?.(first.from, last.to);
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
        const bar = barAt(event);
        if (!onSelect || !bar) return;
        box.current?.setPointerCapture(event.pointerId);
        setDrag({ from: bar, to: bar });
      }}
      onPointerMove={(event) => {
        const { from, to } = latest.current ?? {};
        if (from && to) setDrag({ from, to: barAt(event) ?? to });
      }}
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
      {drag && <Selection drag={drag} bars={bars} />}
    </svg>
  );
}

/** The bars that are drawn over, as far as they are shown. */
function Selection({ drag, bars }: { drag: Drag; bars: readonly SparkBar[] }) {
  const [first, last] = inOrder(drag);
  const covered = bars.filter(({ from, to }) => from < last.to && to > first.from);
  if (!covered[0]) return null;
  return <rect class="selection" x={bars.indexOf(covered[0]) * 10} width={covered.length * 10} y="0" height="100" />;
}

/** The earlier bar of a drag first. */
function inOrder({ from, to }: Drag): [SparkBar, SparkBar] {
  return from.from <= to.from ? [from, to] : [to, from];
}

/** Height of a bar: at least one visible pixel. */
function h(count: number, most: number): number {
  return Math.max(4, (count / most) * 100);
}
