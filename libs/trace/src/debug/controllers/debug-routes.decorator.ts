import { SetMetadata, UseFilters, UseGuards, applyDecorators } from '@nestjs/common';
import { AccessGuard } from '../access/access.guard.js';
import { DebugExceptionFilter } from '../http/debug-exception.filter.js';
import { SkipThrottle } from '../http/no-throttle.js';

/** The metadata of `@NoTrace()`, which lives in a room that this one cannot see. `debug.controllers.spec.ts` holds the two together. */
const NO_TRACE_METADATA = 'nestjs-trace-collector:no-trace';

/** What every controller here has: the guard, our own error shape, no throttling, and never a trace of its own. */
export function DebugRoutes(): ClassDecorator {
  return applyDecorators(
    UseGuards(AccessGuard),
    UseFilters(DebugExceptionFilter),
    SkipThrottle(),
    SetMetadata(NO_TRACE_METADATA, true),
  );
}
