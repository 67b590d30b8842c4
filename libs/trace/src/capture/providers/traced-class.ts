import type { Type } from '@nestjs/common';
import { decorateClass } from '../../context/decorators/decorate.js';
import { methodNamer } from '../../context/decorators/span-name.js';
import { isNoTrace } from '../../context/decorators/trace-metadata.js';
import { isUntouchable, mark } from '../../context/decorators/traced.decorator.js';
import { spanned } from '../../context/functions/traced-function.js';
import { tracedSettings } from '../../context/functions/traced-options.js';
import type { TraceRecorder } from '../../context/recorder.js';
import { processShared } from '../../model/process-shared.js';
import type { SpanType } from '../../model/status.js';

interface SharedClasses {
  /** Applications that record the methods of a class. Its prototype is changed once, for all of them. */
  readonly recorders: WeakMap<object, WeakSet<TraceRecorder>>;
}

const shared = processShared<SharedClasses>('providers.v1', () => ({ recorders: new WeakMap() }));

/**
 * Records the methods that a class declares itself, in traces of `recorder`, as `@Traced()` on the class does: not its
 * constructor, accessors, static and `#private` members, Nest's lifecycle hooks, and methods with a decision of their own.
 * Members with a symbol as name are for protocols (`Symbol.asyncIterator`), so they stay too.
 *
 * @returns removes the application; the methods stay wrapped and only call the originals
 */
export function traceClass(target: Type, recorder: TraceRecorder): () => void {
  if (isNoTrace(target)) return () => undefined;
  let recorders = shared.recorders.get(target);
  if (recorders === undefined) {
    recorders = new WeakSet();
    shared.recorders.set(target, recorders);
    wrapMethods(target, recorders);
  }
  recorders.add(recorder);
  return () => void recorders.delete(recorder);
}

function wrapMethods(target: Type, recorders: WeakSet<TraceRecorder>): void {
  const settings = tracedSettings({ kind: typeOf(target.name) });
  decorateClass(target, (method, owner, key) =>
    typeof key === 'symbol' || isUntouchable(method)
      ? method
      : mark(spanned(method, settings, methodNamer(owner, key), recorders)),
  );
}

/** The names of classes say what they are; an LLM client is seen by its calls. */
function typeOf(name: string): SpanType {
  if (name.endsWith('Agent')) return 'agent';
  return name.endsWith('Tool') ? 'tool' : 'step';
}
