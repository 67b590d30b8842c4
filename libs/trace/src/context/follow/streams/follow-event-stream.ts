import { methodOf } from '../method-of.js';
import type { Step } from '../step.js';
import { currentStore, runInStore } from '../../trace-context.js';
import { interceptMethod } from './intercept-method.js';
import { followOnce, shownOf, StreamFollower } from './stream-follower.js';
import { leaveWhenCollected } from './stream-use.js';
import type { StreamUse } from './stream-use.js';

/** Events that carry the parts as they came: Anthropic's, OpenAI's Chat Completions, OpenAI's Responses. */
const PARTS: ReadonlySet<unknown> = new Set(['streamEvent', 'chunk', 'event']);

/** An emitter of the OpenAI and Anthropic SDKs (`MessageStream`, `ChatCompletionStream`): it works whether or not it is read. */
export function isEventStream(value: object): boolean {
  return ['_emit', 'on', 'done', 'abort'].every((key) => methodOf(value, key) !== undefined);
}

/**
 * Intercepts the method by which the stream emits its events. A listener would change its behaviour: without one for
 * `error` or `abort` it reports an unhandled rejection.
 */
export function followEventStream(step: Step, stream: object, result: object): void {
  if (hasEnded(stream)) {
    step.succeed(result);
    return;
  }
  followOnce(
    step,
    stream,
    () => new StreamFollower(step, result, false, shownOf(stream, result)),
    (follower) => attachEventStream(follower, stream),
  );
}

function attachEventStream(follower: StreamFollower, stream: object): boolean {
  // Its listeners run in the context in which the stream was answered, not in that of the work behind it.
  const listeners = currentStore();
  let use: StreamUse | undefined;
  let failure: { error: unknown } | undefined;
  const restore = interceptMethod(stream, '_emit', (original, args) => {
    if (args[0] === 'error') failure = { error: args[1] };
    else note(use, args[0], args[1], failure);
    return runInStore(listeners, original, args);
  });
  if (restore === undefined) return false;
  use = follower.begin();
  if (use !== undefined) leaveWhenCollected(use, stream);
  return true;
}

function note(
  use: StreamUse | undefined,
  event: unknown,
  value: unknown,
  failure: { error: unknown } | undefined,
): void {
  if (PARTS.has(event)) use?.part(value);
  else if (event === 'abort') use?.leave();
  else if (event === 'end') {
    if (failure === undefined) use?.end();
    else use?.fail(failure.error);
  }
}

/** The SDKs' own getter of a private field. */
function hasEnded(stream: object): boolean {
  for (let holder: object | null = stream; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, 'ended');
    if (descriptor === undefined) continue;
    return (
      (descriptor.get === undefined ? (descriptor.value as unknown) : Reflect.apply(descriptor.get, stream, [])) ===
      true
    );
  }
  return false;
}
