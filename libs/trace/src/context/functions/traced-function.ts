import { answersNewPromises } from '../follow/follow-promise.js';
import { runStep } from '../follow/follow-result.js';
import { copyFunctionMetadata } from './copy-function-metadata.js';
import type { TraceRecorder } from '../recorder.js';
import { SpanStep } from './span-step.js';
import { currentRef } from '../trace-context.js';
import { tracedSettings } from './traced-options.js';
import type { TracedOptions, TracedSettings } from './traced-options.js';

type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/**
 * Returns a function that does what `fn` does and records a span for each call inside a trace: input, output, error,
 * duration. It is as sync or async as `fn` and returns the same object: promises, thenables, generators and streams are
 * neither awaited nor read. There are two exceptions, which behave the same: an Observable is replaced by one of the same
 * class, and the promise of an `async` function by another promise. Outside a trace it only calls `fn`.
 *
 * A span lasts until its work is over: until a promise settles, a generator or an Observable ends, and a stream (a Node
 * `Readable`, a web `ReadableStream`, a `Response`, the streams of the OpenAI, Anthropic and AI SDKs, any object with
 * `Symbol.asyncIterator`) is used up, left (`cancelled`) or broken (`error`).
 *
 * @example
 * const ask = traced((text: string) => openai.responses.create({ model, input: text, stream: true }), { kind: 'llm' });
 * for await (const event of await ask('hola')) show(event); // the span ends here, with the text and the tokens
 *
 * @param options a name, or options; the default name is the function's
 */
export function traced<F extends (...args: never[]) => unknown>(
  fn: F,
  options?: string | TracedOptions<Parameters<F>, Awaited<ReturnType<F>>>,
): F {
  if (typeof fn !== 'function') return fn;
  const settings = tracedSettings(options);
  const name = settings.name ?? (typeof fn.name === 'string' && fn.name !== '' ? fn.name : 'anonymous');
  return spanned(fn, settings, () => name);
}

/**
 * The wrapper itself; `nameFor` is given the `this` of the call.
 *
 * @param only applications whose traces have the span; left out: all
 */
export function spanned<F extends AnyFunction>(
  fn: F,
  settings: TracedSettings,
  nameFor: (self: unknown) => string,
  only?: { has(recorder: TraceRecorder): boolean },
): F {
  const isNew = answersNewPromises(fn);
  return copyFunctionMetadata(fn, (self, args) => {
    const current = currentRef();
    const ref = current === undefined || only === undefined || only.has(current.recorder) ? current : undefined;
    const step = ref && SpanStep.open(ref, settings, nameFor(self), args);
    return step === undefined ? Reflect.apply(fn, self, args as never[]) : runStep(step, fn, self, args, isNew);
  });
}
