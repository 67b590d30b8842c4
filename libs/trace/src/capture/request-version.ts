import { VersioningType } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import type { CapturedRequest } from './capture.options.js';

/**
 * The versions that a request asks for where versions are not part of the path, as Nest's router reads them; `undefined`:
 * the application has none of that kind, or the request names none.
 */
export function requestedVersions(config: ApplicationConfig, request: CapturedRequest): string[] | undefined {
  const versioning = config.getVersioning();
  const asked = ((): unknown => {
    switch (versioning?.type) {
      case VersioningType.HEADER:
        return headerOf(request, versioning.header);
      case VersioningType.MEDIA_TYPE:
        return headerOf(request, 'accept')?.split(';')[1]?.split(versioning.key)[1]?.trim();
      case VersioningType.CUSTOM:
        return versioning.extractor(request);
      default:
        return undefined;
    }
  })();
  if (asked === undefined || asked === null || asked === '') return undefined;
  return (Array.isArray(asked) ? asked : [asked]).map(String);
}

function headerOf({ headers }: CapturedRequest, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}
