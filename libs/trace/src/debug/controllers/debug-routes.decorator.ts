import { UseFilters, UseGuards, applyDecorators } from '@nestjs/common';
import { AccessGuard } from '../access/access.guard.js';
import { DebugExceptionFilter } from '../http/debug-exception.filter.js';
import { SkipThrottle } from '../http/no-throttle.js';

/** What every controller here has: the guard, our own error shape, no throttling. */
export function DebugRoutes(): ClassDecorator {
  return applyDecorators(UseGuards(AccessGuard), UseFilters(DebugExceptionFilter), SkipThrottle());
}
