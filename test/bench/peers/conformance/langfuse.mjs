import { observe } from '@langfuse/tracing';
import { collectSpans } from './otel-spans.mjs';

export const packages = ['@langfuse/tracing'];

/** `observe(fn)`, which is no decorator; put on methods the obvious way. */
export function adapter() {
  return {
    // It notes failure in an attribute of its own.
    ...collectSpans((span) => span.attributes['langfuse.observation.level'] === 'ERROR'),
    decorate: () => (_target, _key, descriptor) => {
      descriptor.value = observe(descriptor.value);
    },
  };
}
