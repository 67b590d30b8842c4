import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import http from 'node:http';
import type { Agent, ClientRequest } from 'node:http';
import { processShared } from '../../../model/process-shared.js';
import { reportInternalError } from '../../../context/recorder.js';
import { currentRef, isObserved } from '../../../context/trace-context.js';
import { HttpCall } from './http-call.js';
import { targetOf } from './http-target.js';

/** Published at the end of the constructor of every `ClientRequest`, in the caller's context. */
const CREATED = 'http.client.request.created';

/** Where Node publishes it: since 22.12 and 23.2. */
const HAS_CREATED = ((major, minor) => major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12))(
  ...(process.versions.node.split('.').map(Number) as [number, number]),
);

/** The hooks of this process, which the first of several applications and copies of the package puts in. */
const hooks = processShared<{ users: number; remove?: () => void }>('http-calls.v1', () => ({ users: 0 }));

/**
 * Observes the calls of `node:http` and `node:https`: axios, got, node-fetch, superagent, the AWS SDK. Sessions of
 * `node:http2` are not observed. Outside a trace a request costs one look-up of AsyncLocalStorage.
 *
 * @returns ends the caller's part; the hooks go with the last one
 */
export function installHttpCalls(): () => void {
  if ((hooks.users += 1) === 1) hooks.remove = HAS_CREATED ? subscribeToCreated() : wrapPrototypes();
  let installed = true;
  return () => {
    if (!installed) return;
    installed = false;
    if ((hooks.users -= 1) > 0) return;
    hooks.remove?.();
    hooks.remove = undefined;
  };
}

function onCreated(message: unknown): void {
  observe((message as { request: ClientRequest }).request);
}

function subscribeToCreated(): () => void {
  subscribe(CREATED, onCreated);
  return () => void unsubscribe(CREATED, onCreated);
}

type AnyMethod = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Node 20 has no such channel. The constructor's last step is `agent.addRequest(request)`, which `https.Agent` and nearly
 * all agents inherit. A request without an agent, or with one that is no `http.Agent` (agent-base before 7), gets its
 * socket by `request.onSocket`; with an agent that comes later and in another context, so it is used for those only.
 */
function wrapPrototypes(): () => void {
  const removals = [
    wrap(http.Agent.prototype as never, 'addRequest', (_agent, request) => observe(request as ClientRequest)),
    wrap(http.ClientRequest.prototype as never, 'onSocket', (request) => {
      const { agent } = request as { agent?: Agent | null };
      if (!(agent instanceof http.Agent)) observe(request as ClientRequest);
    }),
  ];
  return () => {
    for (const remove of removals) remove();
  };
}

/** Calls `before` in front of a method. It must not throw. */
function wrap(
  prototype: Record<string, AnyMethod>,
  key: string,
  before: (self: unknown, first: unknown) => void,
): () => void {
  const original = prototype[key];
  if (typeof original !== 'function') return () => undefined;
  let active = true;
  const wrapper: AnyMethod = function (this, ...args) {
    if (active) before(this, args[0]);
    return Reflect.apply(original, this, args);
  };
  Object.defineProperties(wrapper, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  });
  prototype[key] = wrapper;
  return () => {
    active = false;
    // Other code wrapped ours since: taking ours out would take theirs out.
    if (prototype[key] === wrapper) prototype[key] = original;
  };
}

function observe(request: ClientRequest): void {
  const ref = currentRef();
  if (ref === undefined) return;
  try {
    const target = targetOf(request);
    if (isObserved(ref, target)) return;
    const observer = ref.recorder.call?.(ref, target);
    if (observer) HttpCall.observe(request, target, observer, ref.recorder);
  } catch (error) {
    reportInternalError(ref.recorder, 'http.request', error);
  }
}
