import { VersioningType } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import type { CapturedRequest } from '../../capture.options.js';
import type { Answer, DeclaredRoute } from './declared-routes.js';

/**
 * Whether a route whose path fits a request takes it: by its hosts and by its version, where versions are not part of the
 * path. `maybe` where only code of the application (an extractor) or a trusted proxy decides.
 */
export function requestAnswers(config: ApplicationConfig, request: CapturedRequest, route: DeclaredRoute): Answer {
  const byHost = route.hosts ? answersHost(request, route.hosts) : 'yes';
  if (byHost === 'no' || !route.versions) return byHost;
  const byVersion = answersVersion(config, request, route.versions);
  return byVersion === 'yes' ? byHost : byVersion;
}

function answersHost(request: CapturedRequest, hosts: readonly RegExp[]): Answer {
  if (headerOf(request, 'x-forwarded-host') !== undefined) return 'maybe';
  const host = headerOf(request, 'host') ?? headerOf(request, ':authority') ?? '';
  const name = host.replace(/:\d+$/, '');
  return hosts.some((pattern) => name.match(pattern)) ? 'yes' : 'no';
}

function answersVersion(config: ApplicationConfig, request: CapturedRequest, versions: readonly string[]): Answer {
  const versioning = config.getVersioning();
  switch (versioning?.type) {
    case VersioningType.HEADER:
      return has(versions, headerOf(request, versioning.header));
    case VersioningType.MEDIA_TYPE:
      return has(versions, headerOf(request, 'accept')?.split(';')[1]?.split(versioning.key)[1]?.trim());
    default:
      return 'maybe';
  }
}

function has(versions: readonly string[], asked: string | undefined): Answer {
  return asked !== undefined && versions.includes(asked) ? 'yes' : 'no';
}

function headerOf({ headers }: CapturedRequest, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}
