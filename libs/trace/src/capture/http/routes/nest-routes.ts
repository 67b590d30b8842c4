import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { OWN_CONTROLLER } from '../../../model/own-controller.js';
import type { ReadWebhookOptions } from '../../../context/decorators/trace-webhook.decorator.js';
import { type DeclaringModule, handlersOf, hostsOf, pathsOf, wishOf } from './declared-routes.js';
import { trimSlashes } from './route-rules.js';

/** Metadata of each handler: the handler itself. Nest copies a handler's metadata to the callback for the router. */
const HANDLER = 'nestjs-trace-collector:handler';

/** A route of the router and what its handler declares. */
export interface NestRoute {
  readonly method: string;
  /** The path that Nest registered: prefix, version and module path in it. */
  readonly path: string;
  /** The wish of its decorators. `undefined`: they have none, the rules decide. */
  readonly wish: ReadWebhookOptions | false | undefined;
  /** Several controllers inherit the handler, and their decorators disagree: the interceptor decides. */
  readonly ambiguous: boolean;
  /** The rules take the path as it is declared. */
  readonly byPath: boolean;
  /** Bound to hosts: the handler may decline a request and let the router go on. */
  readonly hostBound: boolean;
  /** One of ours, below `/debug`. */
  readonly own: boolean;
}

/** The routes of one application, found again from what Nest registers at the router. */
export class NestRoutes {
  private readonly owners = new Map<object, Type[]>();
  private readonly found: NestRoute[] = [];

  /** @param takesPath whether the rules take a declared path */
  constructor(
    modules: Iterable<DeclaringModule>,
    private readonly takesPath: (path: string) => boolean,
  ) {
    for (const { controllers } of modules) {
      for (const controller of controllers) {
        for (const handler of handlersOf(controller)) this.mark(handler, controller);
      }
    }
  }

  /** The application's routes in the order of the router; those of `/debug` are not among them. */
  get registered(): readonly NestRoute[] {
    return this.found.filter(({ own }) => !own);
  }

  /** The route of a callback that Nest gives the router; `undefined`: it is not one of Nest's handlers. */
  register(method: string, path: string, callback: object): NestRoute | undefined {
    const handler = Reflect.getOwnMetadata(HANDLER, callback) as object | undefined;
    const owners = handler && this.owners.get(handler);
    if (!owners) return undefined;
    const likely = narrow(owners, path, (callback as { name?: unknown }).name);
    const wishes = new Set(likely.map((owner) => wishOf(handler, owner)));
    const own = likely.every((owner) => Reflect.getMetadata(OWN_CONTROLLER, owner) === true);
    const [wish] = wishes;
    const route: NestRoute = {
      method,
      path,
      wish: own ? false : wishes.size === 1 ? wish : undefined,
      ambiguous: wishes.size > 1,
      byPath: this.takesPath(path),
      hostBound: likely.some((owner) => hostsOf(owner) !== undefined),
      own,
    };
    this.found.push(route);
    return route;
  }

  private mark(handler: object, controller: Type): void {
    if (pathsOf(handler) === undefined) return;
    Reflect.defineMetadata(HANDLER, handler, handler);
    const owners = this.owners.get(handler);
    if (owners) owners.push(controller);
    else this.owners.set(handler, [controller]);
  }
}

/** Those controllers that inherit a handler and fit a callback's name (`Class.method`, Nest 12) or its path. */
function narrow(owners: readonly Type[], path: string, name: unknown): readonly Type[] {
  if (owners.length === 1) return owners;
  const named = owners.filter((owner) => typeof name === 'string' && name.startsWith(`${owner.name}.`));
  const left = named.length > 0 ? named : owners;
  const placed = left.filter((owner) => pathsOf(owner)?.some((base) => `${path}/`.includes(`/${trimSlashes(base)}/`)));
  return placed.length > 0 ? placed : left;
}
