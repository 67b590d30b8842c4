import { SetMetadata, UseFilters, UseGuards, applyDecorators } from '@nestjs/common';
import { AccessGuard } from '../access/access.guard.js';
import { DebugExceptionFilter } from '../http/debug-reply.js';
import { viaProvider } from '../http/enhancer-gate.js';

/** The metadata of `@NoTrace()`, whose room this one may not import. `debug.controllers.spec.ts` compares the two. */
const NO_TRACE_METADATA = 'nestjs-trace-collector:no-trace';

/** The metadata of `@ApiExcludeController()`, without depending on `@nestjs/swagger`: our routes are not the application's API. */
const SWAGGER_EXCLUDE = 'swagger/apiExcludeController';

/** Decorates every controller here: the guard, our own error shape, no throttling, no trace, no entry in OpenAPI. */
export function DebugRoutes(): ClassDecorator {
  return applyDecorators(
    UseGuards(viaProvider(AccessGuard)),
    UseFilters(viaProvider(DebugExceptionFilter)),
    SkipThrottle(),
    SetMetadata(NO_TRACE_METADATA, true),
    SetMetadata(SWAGGER_EXCLUDE, [true]),
  );
}

/**
 * The metadata of `@SkipThrottle()`, without depending on `@nestjs/throttler`: a global ThrottlerGuard would answer 429
 * to a page that polls. It is per throttler name; these are the default name and those of its documentation.
 */
function SkipThrottle(): ClassDecorator {
  return (target) => {
    for (const name of ['default', 'short', 'medium', 'long']) {
      Reflect.defineMetadata(`THROTTLER:SKIP${name}`, true, target);
    }
  };
}
