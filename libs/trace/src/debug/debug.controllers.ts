import { Controller, VERSION_NEUTRAL } from '@nestjs/common';
import type { Provider, Type } from '@nestjs/common';
import { AccessGuard } from './access/access.guard.js';
import { DebugAccess } from './access/debug-access.js';
import { ContactsController } from './controllers/contacts.controller.js';
import { OverviewController } from './controllers/overview.controller.js';
import { PageController } from './controllers/page.controller.js';
import { StreamController } from './controllers/stream.controller.js';
import { TracesController } from './controllers/traces.controller.js';
import { DebugExceptionFilter } from './http/debug-exception.filter.js';
import { DebugReply } from './http/debug-reply.js';
import { DebugStreams } from './stream/debug-streams.js';

const CONTROLLERS: Type[] = [
  PageController,
  OverviewController,
  TracesController,
  ContactsController,
  StreamController,
];

/** What the controllers need besides `TRACE_QUERIES` and `DEBUG_OPTIONS`. */
export const DEBUG_PROVIDERS: Provider[] = [DebugAccess, DebugReply, DebugStreams, AccessGuard, DebugExceptionFilter];

/**
 * The controllers for one module. Classes of their own each time: the path is metadata of a class, and two applications
 * in one process may want two.
 *
 * @param path where they hang, below the application's global prefix. In every version of a versioned API.
 */
export function createDebugControllers(path: string): Type[] {
  const controllers = CONTROLLERS.map((base) => {
    const controller = class extends base {};
    Object.defineProperty(controller, 'name', { value: base.name });
    return controller;
  });
  setDebugPath(controllers, path);
  return controllers;
}

/** Moves controllers to another path. Works until Nest makes its routes, so in anything that providers wait for. */
export function setDebugPath(controllers: readonly Type[], path: string): void {
  for (const controller of controllers) Controller({ path: normalPath(path), version: VERSION_NEUTRAL })(controller);
}

function normalPath(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
