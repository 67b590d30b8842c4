import nestjsOtel from 'nestjs-otel';
import { collectSpans } from './otel-spans.mjs';

export const packages = ['nestjs-otel'];

/** `@Span()`; `@Traceable()` on a class. */
export function adapter() {
  return {
    ...collectSpans(),
    decorate: () => nestjsOtel.Span(),
    decorateClass: nestjsOtel.Traceable && (() => nestjsOtel.Traceable()),
  };
}
