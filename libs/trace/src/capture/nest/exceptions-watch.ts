import type { ArgumentsHost } from '@nestjs/common';
import { currentRef } from '../../context/trace-context.js';
import { rawRequest } from '../http/handler-context.js';
import type { InternalErrors } from '../internal-errors.js';
import { ownData } from '../../serialize/serializer.js';
import type { WebhookCapture } from '../http/webhook-capture.js';
import type { ExceptionListener } from './exceptions-layer.js';
import { takeRefusal } from './guard-refusals.js';

/**
 * Records the exceptions of one application's requests, whatever a filter then answers. An error that the interceptor or a
 * traced step has recorded is the same object, and is not recorded again.
 */
export class ExceptionsWatch implements ExceptionListener {
  constructor(
    private readonly requests: WebhookCapture,
    private readonly internalErrors: InternalErrors,
  ) {}

  http(exception: unknown, host: ArgumentsHost): void {
    this.internalErrors.guard('exceptions layer', () => {
      const request = rawRequest(host);
      if (!this.requests.has(request)) return;
      this.requests.failed(request, exception, { guard: takeRefusal(exception, host) });
    });
  }

  external(exception: unknown, host: ArgumentsHost): void {
    this.internalErrors.guard('exceptions layer', () => {
      const ref = currentRef();
      if (!ref || !this.requests.owns(ref)) return;
      const location = fieldOf(host) ?? `${host.getType<string>()} handler`;
      ref.recorder.error(ref, location, exception, undefined, { guard: takeRefusal(exception, host) });
    });
  }
}

/** `Mutation.book`, of a resolver's arguments. */
function fieldOf(host: ArgumentsHost): string | undefined {
  if (host.getType<string>() !== 'graphql') return undefined;
  const info: unknown = host.getArgByIndex(3);
  if (typeof info !== 'object' || info === null) return undefined;
  const parent = ownData(info, 'parentType');
  const name = typeof parent === 'object' && parent !== null ? ownData(parent, 'name') : undefined;
  const field = ownData(info, 'fieldName');
  return typeof name === 'string' && typeof field === 'string' ? `${name}.${field}` : undefined;
}
