import { type CanActivate, type ExecutionContext, Injectable, SetMetadata, UseGuards } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { ADAPTERS, type DebugApp, raw, startDebugApp } from '../../../../test/support/debug-app.js';
import { createDebugControllers, mountDebug } from './debug.controllers.js';
import type { ResolvedDebugOptions } from './debug.options.js';

const Public = () => SetMetadata('isPublic', true);

@Injectable()
class JwtGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (new Reflector().getAllAndOverride<boolean>('isPublic', targets)) return true;
    return context.switchToHttp().getRequest().headers.authorization === 'Bearer a.jwt';
  }
}

const JWT = { authorization: 'Bearer a.jwt' };

describe.each(ADAPTERS)('behind a global guard with public routes, on %s', (adapter) => {
  let app: DebugApp | undefined;
  afterEach(() => app?.app.close());

  const statuses = async (debug: Partial<ResolvedDebugOptions>): Promise<number[]> => {
    app = await startDebugApp({
      adapter,
      debug,
      mount: mountDebug,
      providers: [{ provide: APP_GUARD, useClass: JwtGuard }],
    });
    const { port } = app;
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await raw(port, { headers: { host: 'localhost', ...headers } })).status;
    return [await ask({}), await ask(JWT)];
  };

  it('are refused by it', async () => {
    expect((await statuses({}))[0]).toBe(403);
  });

  it('pass it with the decorator, and still need the access check', async () => {
    expect(await statuses({ decorators: [Public()] })).toEqual([200, 200]);
    await app?.app.close();
    expect(await statuses({ decorators: [Public()], environment: undefined, token: 'another' })).toEqual([401, 401]);
  });

  it('are not opened by the decorator where the same guard decides about access', async () => {
    const guards = [JwtGuard];
    expect(await statuses({ decorators: [Public()], guards })).toEqual([403, 200]);
  });
});

describe('decorators', () => {
  const options = (...decorators: ClassDecorator[]) =>
    ({ path: 'debug', enabled: true, guards: [], dir: '/nonexistent', environment: 'test', decorators }) as never;

  it('are set on every controller, and change no path', () => {
    const controllers = createDebugControllers('debug');
    mountDebug(controllers, options(SetMetadata('a', 1) as ClassDecorator, SetMetadata('b', 2) as ClassDecorator));
    for (const controller of controllers) {
      const [path, a, b] = ['path', 'a', 'b'].map((key) => Reflect.getMetadata(key, controller) as unknown);
      expect([path, a, b]).toEqual(['debug', 1, 2]);
    }
  });

  it('that add a guard, which Nest would ignore, stop the start', () => {
    const mount = () => mountDebug(createDebugControllers('debug'), options(UseGuards(JwtGuard) as ClassDecorator));
    expect(mount).toThrow(/debug\.decorators.*guards in `debug\.guards`/);
  });
});
