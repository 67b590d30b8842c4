import { Controller, type DynamicModule, Get, Module, Redirect } from '@nestjs/common';
import { createDebugControllers, DEBUG_PROVIDERS } from './debug/debug.controllers.js';
import type { ResolvedDebugOptions } from './debug/debug.options.js';
import { DEBUG_OPTIONS, SPAN_RECEIVER, TRACE_QUERIES } from './debug/debug.tokens.js';
import type { NoSpanTaker, SpanTaker } from './debug/otlp/otlp-endpoint.js';
import type { TraceQueryService } from './query/trace-query.js';
import type { ServeAccess } from './serve-access.js';

/** The path of the debug routes. */
export const SERVED_PATH = 'debug';

/** Nothing else is served: the address without a path leads to the page. */
@Controller()
class RootController {
  @Get()
  @Redirect(SERVED_PATH, 302)
  root(): void {}
}

@Module({})
class ServedModule {}

/** An application with the debug routes and nothing else. */
export function servedModule(
  queries: TraceQueryService,
  { debug }: ServeAccess,
  taker: SpanTaker | NoSpanTaker,
): DynamicModule {
  const options: ResolvedDebugOptions = { path: SERVED_PATH, enabled: true, guards: [], dir: '', ...debug };
  return {
    module: ServedModule,
    controllers: [RootController, ...createDebugControllers(options.path)],
    providers: [
      ...DEBUG_PROVIDERS,
      { provide: TRACE_QUERIES, useValue: queries },
      { provide: DEBUG_OPTIONS, useValue: options },
      { provide: SPAN_RECEIVER, useValue: taker },
    ],
  };
}
