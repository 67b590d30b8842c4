import { SetMetadata, UseFilters, UseGuards, applyDecorators } from '@nestjs/common';
import { AccessGuard } from '../access/access.guard.js';
import { DebugExceptionFilter } from '../http/debug-exception.filter.js';
import { viaProvider } from '../http/enhancer-gate.js';
import { SkipThrottle } from '../http/no-throttle.js';

/** The metadata of `@NoTrace()`, which lives in a room that this one cannot see. `debug.controllers.spec.ts` holds the two together. */
const NO_TRACE_METADATA = 'nestjs-trace-collector:no-trace';

/** The metadata of `@ApiExcludeController()`, without depending on `@nestjs/swagger`: our routes are not the application's API. */
const SWAGGER_EXCLUDE = 'swagger/apiExcludeController';

/** What every controller here has: the guard, our own error shape, no throttling, no trace, no place in OpenAPI. */
export function DebugRoutes(): ClassDecorator {
  return applyDecorators(
    UseGuards(viaProvider(AccessGuard)),
    UseFilters(viaProvider(DebugExceptionFilter)),
    SkipThrottle(),
    SetMetadata(NO_TRACE_METADATA, true),
    SetMetadata(SWAGGER_EXCLUDE, [true]),
  );
}
