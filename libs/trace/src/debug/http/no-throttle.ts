/**
 * The metadata of `@SkipThrottle()`, without depending on `@nestjs/throttler`: a global ThrottlerGuard would answer
 * 429 to a page that polls. It is per throttler name; these are the default's and those its documentation uses.
 */
export function SkipThrottle(): ClassDecorator {
  return (target) => {
    for (const name of ['default', 'short', 'medium', 'long']) {
      Reflect.defineMetadata(`THROTTLER:SKIP${name}`, true, target);
    }
  };
}
