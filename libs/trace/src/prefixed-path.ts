import { RequestMethod } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { trimSlashes } from './capture/http/routes/route-rules.js';

/** With the pattern that Fastify takes behind a name. */
const PARAMETER = /:(\w+)(?:\([^)]*\))?/g;

/** Nest marks a route that is excluded for every method with this too. */
const EVERY_METHOD = -1;

/**
 * Where a path of ours is served: `/api/debug`. Under the application's global prefix, unless the application excluded
 * it. A parameter of the prefix is shown as one that the reader fills in: `:tenant` as `<tenant>`.
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
