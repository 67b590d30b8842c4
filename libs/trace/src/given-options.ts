import type { Provider } from '@nestjs/common';
import { TraceCollectorError } from './model/errors.js';
import type { TraceModuleAsyncOptions, TraceModuleOptions, TraceOptionsFactory } from './trace.options.js';
import { GIVEN_OPTIONS } from './trace.tokens.js';

/** The provider of what `forRootAsync` was given, and others that it needs. */
export function givenOptions(options: TraceModuleAsyncOptions): { given: Provider; more: Provider[] } {
  const { inject, useFactory, useClass, useExisting } = options;
  if (useFactory) {
    const made = (...dependencies: never[]) => sayingWhere('useFactory', () => useFactory(...dependencies));
    return { given: { provide: GIVEN_OPTIONS, inject, useFactory: made }, more: [] };
  }
  const factory = useExisting ?? useClass;
  if (!factory) throw new TypeError('TraceModule.forRootAsync needs one of useFactory, useClass, useExisting');
  const given: Provider = {
    provide: GIVEN_OPTIONS,
    inject: [factory],
    useFactory: (maker: TraceOptionsFactory) => sayingWhere('createTraceOptions', () => maker.createTraceOptions()),
  };
  return { given, more: useClass ? [{ provide: useClass, useClass }] : [] };
}

/** The application's own factory failed: its error, with where it was called, stops the start. */
async function sayingWhere(
  name: string,
  make: () => TraceModuleOptions | Promise<TraceModuleOptions>,
): Promise<TraceModuleOptions> {
  try {
    return await make();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = new TraceCollectorError(
      'OPTION_INVALID',
      `TraceModule.forRootAsync: the application's ${name} failed: ${reason}`,
      { cause },
    );
    // Nest prints the stack alone: the one that leads to the application's code is the one that helps.
    if (cause instanceof Error && cause.stack) error.stack = `${error.name}: ${error.message}\n${cause.stack}`;
    throw error;
  }
}
