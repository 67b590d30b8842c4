import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { find } from '../model/find.js';
import { largeValueOf } from '../model/restore-values.js';
import { foldedWords, foldingOf, stepRows } from '../model/step-rows.js';
import type { StepRow } from '../model/step-rows.js';
import { stepTree } from '../model/step-tree.js';
import { timeScale } from '../model/time-scale.js';
import type { TimePart } from '../model/time-scale.js';
import type { LogEntry } from '../model/trace-log.js';
import { windows } from '../model/windows.js';
import { isQuietShown, toggleQuiet } from '../state/folding.js';
import { useKeys } from '../state/keys.js';
import { useLargeValues } from '../state/large-values.js';
import { route, setParams } from '../state/route.js';
import { copy, sayWhy } from '../state/toast.js';
import { useFirstPaint } from '../state/use-first-paint.js';
import { FindBox } from './find-box.js';
import { StepLegend } from './step-legend.js';
import { StepPanel } from './step-panel.js';
import { StepRowView, rowId } from './step-row.js';
import { TimeAxis } from './time-axis.js';

const OPEN_MORE = 500;
/** With more rows than this the browser lays out only the visible ones. */
const PAINT_ALL = 400;

interface StepsViewProps {
  log: readonly LogEntry[];
  durationMs: number;
  link: ((seq: number) => string) | undefined;
}

/** The steps as a tree with bars on one time axis, and everything about the selected one beside it. */
export function StepsView({ log, durationMs, link }: StepsViewProps) {
  const { params } = route.value;
  /** The selected row: the number of an event, or `g` and the number of a group's first event. */
  const named = params.get('e') ?? '';
  const text = params.get('find') ?? '';
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set());
  const [gaps, setGaps] = useState<{ from: number; to: number }[]>([]);
  const [part, setPart] = useState<TimePart>();
  const [hit, setHit] = useState(0);
  const large = useLargeValues();
  const list = useRef<HTMLOListElement>(null);
  /** What this view selected itself: a reader who opens a link wants the content, a reader who moves past does not. */
  const own = useRef<string | undefined>(undefined);

  const tree = useMemo(() => stepTree(log), [log]);
  const folding = useMemo(() => foldingOf(log), [log]);
  const scale = useMemo(() => timeScale(log, durationMs, part), [log, durationMs, part]);
  const errors = useMemo(() => log.flatMap(({ kind }, index) => (kind === 'error' ? [index] : [])), [log]);
  const hits = useMemo(() => find(log, text), [log, text]);
  const hitSet = useMemo(() => new Set(hits), [hits]);
  const missing = useMemo(
    () => (text === '' ? 0 : log.filter(({ event, error }) => largeValueOf(event, error)).length),
    [log, text],
  );
  const currentHit = hits[Math.min(hit, hits.length - 1)];
  const isGroup = named.startsWith('g');
  const target = named === '' ? -1 : log.findIndex(({ event }) => String(event.seq) === named.replace('g', ''));
  const chosen = target >= 0;
  /** Without a choice: the first error, since a reader of a failed trace looks for it. */
  const selected = chosen
    ? target
    : Math.max(
        0,
        log.findIndex(({ error }) => error !== undefined),
      );
  const quiet = isQuietShown();
  const { rows, rowOf } = useMemo(
    () =>
      stepRows(log, tree, folding, { quiet, opened, closed, focused: new Set(isGroup ? hits : [...hits, selected]) }),
    [log, tree, folding, quiet, opened, closed, hits, selected, isGroup],
  );
  const ownRow = isGroup ? rows.findIndex(({ group, index }) => group && index === selected) : -1;
  const at = ownRow >= 0 ? ownRow : (rowOf[selected] ?? -1);
  const row = rows[at];
  const drawn = useFirstPaint();
  const shown = windows(rows.length, {
    important: errors.map((index) => rowOf[index] ?? -1),
    targets: at < 0 ? [] : [at],
    opened: gaps,
    brief: !drawn,
  });
  const cache = useMemo(() => new WeakMap<LogEntry, { state: string; node: VNode }>(), [scale]);

  const entriesOf = ({ index, group }: StepRow) => (group?.members ?? [index]).map((one) => log[one] as LogEntry);
  const nameOf = (one: StepRow) => rowId(one, log[one.index] as LogEntry).slice(2);
  const select = (name: string | undefined) => {
    own.current = name;
    setParams({ e: name });
  };
  const selectRow = (index: number) => {
    const one = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (one) select(nameOf(one));
  };
  const toggle = (one: StepRow) => {
    if (one.open === undefined) return;
    const change = one.group ? setOpened : setClosed;
    change((before) => changed(before, one.index, one.group ? !one.open : one.open === true));
    // What was selected inside has no row any more.
    if (one.open) select(nameOf(one));
  };
  const loadSelected = () => {
    const entry = log[selected];
    const value = entry && !isGroup ? largeValueOf(entry.event, entry.error) : undefined;
    if (!value || large?.stateOf(value.seq).peek().is === 'loading') return false;
    // The stub shows the failure.
    value.load().catch(() => undefined);
    return true;
  };
  const move = (step: number) => selectRow(chosen ? at + step : 0);

  useEffect(() => setGaps([]), [quiet]);
  useEffect(() => setHit(0), [text]);
  useEffect(() => {
    const found = currentHit === undefined ? undefined : log[currentHit];
    // A link to an event stays, also with a search.
    if (found && !(chosen && own.current === undefined)) {
      own.current = String(found.event.seq);
      setParams({ e: own.current });
      reveal(own.current, 'center');
    }
  }, [currentHit, text]);
  useEffect(() => {
    if (!chosen) return;
    const isOwn = own.current === named;
    const element = reveal(named, isOwn ? 'nearest' : 'center');
    if (isOwn && list.current?.contains(document.activeElement)) element?.focus({ preventScroll: true });
    if (!isOwn) loadSelected();
  }, [named, chosen]);
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => !loadSelected() && row && toggle(row),
    f: toggleQuiet,
    e: () => {
      const next = errors.find((index) => chosen && index > selected) ?? errors[0];
      if (next !== undefined) select(String(log[next]?.event.seq));
    },
    y: () => link && void copy(link(log[selected]?.event.seq ?? 0), 'the link'),
  });

  /** The keys of a tree: https://www.w3.org/WAI/ARIA/apg/patterns/treeview/ */
  const onKeyDown = (event: KeyboardEvent) => {
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys: Record<string, () => void> = {
      ArrowDown: () => selectRow(at + 1),
      ArrowUp: () => selectRow(at - 1),
      ArrowRight: () => (row.open === false ? toggle(row) : row.open && selectRow(at + 1)),
      ArrowLeft: () =>
        row.open ? toggle(row) : row.depth > 0 && selectRow(rows.slice(0, at).findLastIndex(isAround(row))),
      Home: () => selectRow(0),
      End: () => selectRow(rows.length - 1),
      ' ': () => toggle(row),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const onClick = ({ target: clicked }: MouseEvent) => {
    if (!(clicked instanceof Element)) return;
    const id = clicked.closest('.step-row')?.id.slice(2);
    const one = id === undefined ? undefined : rows.find((each) => nameOf(each) === id);
    if (!one) return;
    select(id);
    if (one.group || clicked.closest('.step-twist')) toggle(one);
  };

  const drawRow = (one: StepRow, index: number) => {
    const entry = log[one.index] as LogEntry;
    const state = index === at ? 'current' : !one.group && hitSet.has(one.index) ? 'hit' : '';
    const key = `${state} ${one.depth} ${one.open} ${one.position} ${one.size}`;
    const known = one.group ? undefined : cache.get(entry);
    if (known?.state === key) return known.node;
    const node = (
      <StepRowView
        key={rowId(one, entry)}
        row={one}
        entries={entriesOf(one)}
        scale={scale}
        state={state}
        focusable={index === at}
      />
    );
    if (!one.group) cache.set(entry, { state: key, node });
    return node;
  };
  const panel = row && entriesOf(row);
  const span = panel?.[0]?.event.span_id;
  return (
    <div class="steps-view">
      <div class="steps-tools">
        <FindBox
          text={text}
          count={hits.length}
          at={currentHit === undefined ? 0 : Math.min(hit, hits.length - 1) + 1}
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
        <StepLegend log={log} />
      </div>
      <div class="step-list">
        <TimeAxis scale={scale} part={part} onPart={setPart} />
        <ol
          ref={list}
          role="tree"
          class={rows.length > PAINT_ALL ? 'step-tree many' : 'step-tree'}
          aria-label="Steps"
          onKeyDown={onKeyDown}
          onClick={onClick}
        >
          {shown.map((window) =>
            window.kind === 'rows' ? (
              rows.slice(window.from, window.to).map((one, index) => drawRow(one, window.from + index))
            ) : (
              <li
                key={`gap-${window.from}`}
                role="treeitem"
                aria-level={1}
                class="step-gap"
                onClick={() =>
                  setGaps([...gaps, { from: window.from, to: Math.min(window.to, window.from + OPEN_MORE) }])
                }
              >
                {(window.to - window.from).toLocaleString()} steps are not shown{' '}
                <b>Show {Math.min(OPEN_MORE, window.to - window.from)} more</b>
              </li>
            ),
          )}
        </ol>
      </div>
      {row && panel && (
        <StepPanel
          entries={panel}
          group={row.group}
          inside={
            panel[0]?.error || !panel[0]?.failed || !span
              ? undefined
              : log.find(({ error, ancestors }) => error && ancestors.includes(span))
          }
          chosen={chosen}
          link={link}
          onSelect={select}
          onZoom={setPart}
        />
      )}
    </div>
  );
}

/** Whether a row is around another that follows it, if no row between is. */
function isAround({ depth }: StepRow) {
  return (one: StepRow) => one.depth < depth;
}

function reveal(name: string, block: ScrollLogicalPosition): HTMLElement | undefined {
  const element = document.getElementById(`e-${name}`) ?? undefined;
  element?.scrollIntoView({ block });
  return element;
}

function changed(set: ReadonlySet<number>, member: number, isIn: boolean): Set<number> {
  const after = new Set(set);
  if (isIn) after.add(member);
  else after.delete(member);
  return after;
}
