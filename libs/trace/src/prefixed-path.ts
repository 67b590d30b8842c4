import { RequestMethod } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { trimSlashes } from './capture/http/routes/route-rules.js';

/** A parameter of a path, with the pattern that Fastify allows after its name. */
const PARAMETER = /:(\w+)(?:\([^)]*\))?/g;

/** Nest's request method for a route that is excluded for every method. */
const EVERY_METHOD = -1;

/**
 * Returns the path at which a route of this package is served, such as `/api/debug`: below the application's global prefix,
 * unless the application excludes it. A parameter of the prefix, such as `:tenant`, becomes `<tenant>`.
 */
export function prefixedPath(path: string, config: ApplicationConfig): string {
  const own = `/${trimSlashes(path)}`;
  const prefix = trimSlashes(config.getGlobalPrefix());
  if (prefix === '' || isExcluded(own, config)) return own;
  return `/${prefix.replace(PARAMETER, '<$1>')}${own}`;
}

function isExcluded(path: string, config: ApplicationConfig): boolean {
  const routes = config.getGlobalPrefixOptions().exclude ?? [];
  return routes.some(
    ({ requestMethod, pathRegex }) =>
      [RequestMethod.ALL, RequestMethod.GET, EVERY_METHOD].includes(requestMethod) && new RegExp(pathRegex).test(path),
  );
}
