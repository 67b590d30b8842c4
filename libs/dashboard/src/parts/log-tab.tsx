import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { largeValueOf } from '../model/restore-values.js';
import { find } from '../model/find.js';
import { foldedWords, foldingOf, itemsOf } from '../model/fold.js';
import type { LogItem } from '../model/fold.js';
import type { LogEntry } from '../model/trace-log.js';
import { windows } from '../model/windows.js';
import { isQuietShown, toggleQuiet } from '../state/folding.js';
import { useKeys } from '../state/keys.js';
import { useLargeValues } from '../state/large-values.js';
import { route, setParams } from '../state/route.js';
import { copy, sayWhy } from '../state/toast.js';
import { useFirstPaint } from '../state/use-first-paint.js';
import { AttemptsRow } from './attempts-row.js';
import { FindBox } from './find-box.js';
import { LogRow } from './log-row.js';

/** Up to this number of errors are open at first; with more, all are closed. */
const OPEN_ERRORS = 20;
const OPEN_MORE = 500;
/** With more rows than this the browser lays out only the visible ones. */
const PAINT_ALL = 400;

interface LogTabProps {
  log: readonly LogEntry[];
  link: ((seq: number) => string) | undefined;
}

/** The events in order of time, indented by the step in which they happened. */
export function LogTab({ log, link }: LogTabProps) {
  const params = route.value.params;
  const target = Number(params.get('e') ?? Number.NaN);
  const text = params.get('find') ?? '';
  const [toggled, setToggled] = useState<ReadonlySet<number>>(new Set());
  const [opened, setOpened] = useState<{ from: number; to: number }[]>([]);
  /** Last attempts of the retried calls that the reader opened. */
  const [series, setSeries] = useState<ReadonlySet<number>>(new Set());
  const [hit, setHit] = useState(0);
  const large = useLargeValues();
  /**
   * Where `j` and `k` have moved the focus. A reader who opens a link wants the content; a reader who moves past does
   * not.
   */
  const passing = useRef<number | undefined>(undefined);
  const rows = useRef(new WeakMap<LogEntry, { state: string; node: VNode }>());

  const initiallyOpen = useMemo(() => openAtFirst(log), [log]);
  const hits = useMemo(() => find(log, text), [log, text]);
  const hitSet = useMemo(() => new Set(hits), [hits]);
  const missing = useMemo(
    () => (text === '' ? 0 : log.filter(({ event, error }) => largeValueOf(event, error)).length),
    [log, text],
  );
  const current = hits[Math.min(hit, hits.length - 1)];
  const targetIndex = log.findIndex(({ event }) => event.seq === target);
  const errors = useMemo(() => log.flatMap(({ kind }, index) => (kind === 'error' ? [index] : [])), [log]);
  const folding = useMemo(() => foldingOf(log), [log]);
  const quiet = isQuietShown();
  const { items, rowOf } = useMemo(
    () => itemsOf(log, folding, { quiet, opened: series, focused: new Set([...hits, targetIndex]) }),
    [log, folding, quiet, series, hits, targetIndex],
  );
  const drawn = useFirstPaint();
  const shown = windows(items.length, {
    important: errors.map((index) => rowOf[index] ?? -1),
    targets: [targetIndex, current ?? -1].filter((index) => index >= 0).map((index) => rowOf[index] ?? 0),
    opened,
    brief: !drawn,
  });
  useEffect(() => setOpened([]), [quiet]);

  const seqAt = (index: number | undefined) => (index === undefined ? undefined : log[index]?.event.seq);
  useEffect(() => setHit(0), [text]);
  useEffect(() => reveal(seqAt(current)), [current, text]);
  useEffect(() => reveal(Number.isNaN(target) ? undefined : target), [target, targetIndex >= 0]);

  const targetEntry = targetIndex < 0 ? undefined : log[targetIndex];
  const loadTarget = () => {
    const value = targetEntry && largeValueOf(targetEntry.event, targetEntry.error);
    if (!value || large?.stateOf(value.seq).peek().is === 'loading') return false;
    // The stub shows the failure.
    value.load().catch(() => undefined);
    return true;
  };
  useEffect(() => {
    if (passing.current !== target) loadTarget();
  }, [target, targetEntry === undefined]);

  const toggle = (seq: number) => setToggled((before) => toggledIn(before, seq));
  const toggleSeries = (index: number) => setSeries((before) => toggledIn(before, index));
  const isOpen = (seq: number) => (initiallyOpen.has(seq) || seq === target) !== toggled.has(seq);
  const move = (step: number) => {
    const at = targetIndex < 0 ? -1 : (rowOf[targetIndex] ?? -1);
    let row = at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + step));
    // The row of several attempts is no event. Its first attempt has the focus on the way down, its last on the way up.
    if (items[row]?.attempts && items[row + 1]?.index === items[row]?.attempts?.[0]) row += step;
    const item = items[row];
    const next = item && log[item.attempts && step > 0 ? (item.attempts[0] ?? item.index) : item.index];
    if (!next) return;
    passing.current = next.event.seq;
    setParams({ e: String(next.event.seq) });
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => targetIndex >= 0 && !(isOpen(target) && loadTarget()) && toggle(target),
    f: toggleQuiet,
    e: () => {
      const next = errors.find((index) => index > targetIndex) ?? errors[0];
      if (next !== undefined) setParams({ e: String(seqAt(next)) });
    },
    y: () => link && void copy(link(targetIndex >= 0 ? target : (log[0]?.event.seq ?? 0)), 'the link'),
  });

  const row = ({ index, attempts, depth }: LogItem) => {
    const entry = log[index] as LogEntry;
    const { seq } = entry.event;
    if (attempts) {
      return (
        <AttemptsRow
          key={`g-${seq}`}
          attempts={attempts.map((at) => log[at] as LogEntry)}
          depth={depth}
          open={items[rowOf[index] ?? 0]?.attempts === undefined}
          onToggle={() => toggleSeries(index)}
        />
      );
    }
    const open = isOpen(seq);
    const mark = index === current || seq === target ? 'current' : hitSet.has(index) ? 'hit' : '';
    const state = `${open}${mark}${depth}`;
    const known = rows.current.get(entry);
    if (known?.state === state) return known.node;
    const node = (
      <LogRow key={seq} entry={entry} depth={depth} open={open} state={mark} onToggle={toggle} link={link} />
    );
    rows.current.set(entry, { state, node });
    return node;
  };
  return (
    <>
      <FindBox
        text={text}
        count={hits.length}
        at={current === undefined ? 0 : Math.min(hit, hits.length - 1) + 1}
        missing={missing}
        onMissing={() => void large?.loadAll().catch(sayWhy)}
        onFind={(value) => setParams({ find: value })}
        onStep={(step) =>
          hits.length > 0 && setHit((Math.min(hit, hits.length - 1) + step + hits.length) % hits.length)
        }
      />
      {folding.calls + folding.lines > 0 && (
        <p class="fold-line">
          {foldedWords(folding)}
          <button type="button" class="quiet" aria-pressed={quiet} onClick={toggleQuiet} title="Key: f">
            {quiet ? 'fold' : 'show'}
          </button>
        </p>
      )}
      <ol class={items.length > PAINT_ALL ? 'log log-many' : 'log'} aria-label="Log">
        {shown.map((part) =>
          part.kind === 'rows' ? (
            items.slice(part.from, part.to).map(row)
          ) : (
            <li key={`gap-${part.from}`} class="log-gap">
              <span>{(part.to - part.from).toLocaleString()} events are not shown</span>
              <button
                type="button"
                class="quiet"
                onClick={() =>
                  setOpened([...opened, { from: part.from, to: Math.min(part.to, part.from + OPEN_MORE) }])
                }
              >
                Show {Math.min(OPEN_MORE, part.to - part.from)} more
              </button>
            </li>
          ),
        )}
      </ol>
    </>
  );
}

/** Errors, and the steps they happened in. */
function openAtFirst(log: readonly LogEntry[]): Set<number> {
  const errors = log.filter(({ error }) => error !== undefined).slice(0, OPEN_ERRORS);
  const spans = new Set(errors.flatMap(({ ancestors }) => ancestors));
  const open = new Set(errors.map(({ event }) => event.seq));
  for (const { event, failed } of log) if (failed && spans.has(event.span_id ?? '')) open.add(event.seq);
  return open;
}

function reveal(seq: number | undefined): void {
  if (seq === undefined) return;
  document.getElementById(`e-${seq}`)?.scrollIntoView({ block: 'center' });
}

function toggledIn(set: ReadonlySet<number>, member: number): Set<number> {
  const after = new Set(set);
  if (!after.delete(member)) after.add(member);
  return after;
}
