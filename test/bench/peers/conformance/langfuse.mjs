import { observe } from '@langfuse/tracing';
import { collectSpans } from './otel-spans.mjs';

export const packages = ['@langfuse/tracing'];

/** `observe(fn)`, which is no decorator; applied to methods in the obvious way. */
export function adapter() {
  return {
    // It records failure in a separate attribute.
    ...collectSpans((span) => span.attributes['langfuse.observation.level'] === 'ERROR'),
    decorate: () => (_target, _key, descriptor) => {
      descriptor.value = observe(descriptor.value);
    },
  };
}
