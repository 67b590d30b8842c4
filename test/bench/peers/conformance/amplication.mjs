import instrumentation from '@amplication/opentelemetry-nestjs/dist/trace/instrumentation/decorator.instrumentation.js';
import span from '@amplication/opentelemetry-nestjs/dist/trace/decorators/span.js';
import traceable from '@amplication/opentelemetry-nestjs/dist/trace/decorators/traceable.js';
import { Logger } from '@nestjs/common';
import { collectSpans } from './otel-spans.mjs';

export const packages = ['@amplication/opentelemetry-nestjs'];

/**
 * `@Span()` and `@Traceable()` only mark; their module wraps the marked methods when the application starts. Here their
 * own code does that for each class as if it were in a module: as a controller if it is one, else as a provider. Its
 * parts are imported one by one: its main module needs all of OpenTelemetry's SDK for Node.
 */
export function adapter() {
  Logger.overrideLogger(false);
  return {
    ...collectSpans(),
    decorate: () => span.Span(),
    decorateClass: () => traceable.Traceable(),
    prepare(target) {
      const entry = new Map([[target, { name: target.name, metatype: target }]]);
      const none = new Map();
      const isController = Reflect.hasMetadata('__controller__', target);
      const module = isController ? { controllers: entry, providers: none } : { controllers: none, providers: entry };
      new instrumentation.DecoratorInstrumentation(new Map([['bench', module]])).setupInstrumentation();
    },
  };
}
