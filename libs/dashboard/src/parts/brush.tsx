import { useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { duration } from '../format/time.js';

interface BrushProps {
  /** Milliseconds of the whole. */
  total: number;
  view: { from: number; to: number } | undefined;
  onView: (view: { from: number; to: number } | undefined) => void;
  children: ComponentChildren;
}

/** Less than this is a click, not a part that was drawn. */
const LEAST = 0.01;

/** The whole trace in a small chart; dragging selects the part that is shown large. */
export function Brush({ total, view, onView, children }: BrushProps) {
  const box = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | undefined>();
  const at = (event: PointerEvent) => {
    const { left, width } = box.current!.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width));
  };
  const marked = drag ?? (view && { from: view.from / total, to: view.to / total });
  const low = marked ? Math.min(marked.from, marked.to) : 0;
  const high = marked ? Math.max(marked.from, marked.to) : 1;
  const finish = () => {
    if (drag) onView(high - low < LEAST ? undefined : { from: low * total, to: high * total });
    setDrag(undefined);
  };
  return (
    <div class="brush">
      <svg
        ref={box}
        viewBox="0 0 1000 40"
        preserveAspectRatio="none"
        role="img"
        aria-label={`The whole trace, ${duration(total)}. Drag to show a part large`}
        onPointerDown={(event) => {
          box.current?.setPointerCapture(event.pointerId);
          setDrag({ from: at(event), to: at(event) });
        }}
        onPointerMove={(event) => drag && setDrag({ ...drag, to: at(event) })}
        onPointerUp={finish}
        onPointerCancel={() => setDrag(undefined)}
      >
        {children}
        {marked && <rect class="selection" x={low * 1000} width={Math.max(1, (high - low) * 1000)} y="0" height="40" />}
      </svg>
      {view && (
        <button type="button" class="quiet" onClick={() => onView(undefined)}>
          {duration(view.from)} – {duration(view.to)}: show all
        </button>
      )}
    </div>
  );
}
