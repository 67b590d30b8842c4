import assert from 'node:assert/strict';
import { Controller, Get, Inject, Injectable, Scope, UseGuards } from '@nestjs/common';
import type { CanActivate } from '@nestjs/common';
import type { ClassCase } from './class-case.js';
import { withApp } from './nest-app.js';

const needs = ['@nestjs/platform-express'];

class Deny implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

/** Providers, however Nest comes by them. */
export const NEST_PROVIDERS: readonly ClassCase[] = [
  {
    name: 'records a request-scoped provider, an instance and a span for each request',
    needs,
    async run(kit, probe) {
      let made = 0;
      @Injectable({ scope: Scope.REQUEST })
      class Service {
        readonly id = (made += 1);
        @kit.traced async work(): Promise<number> {
          return this.id;
        }
      }
      kit.ready(Service);
      @Controller()
      class CaseController {
        constructor(@Inject(Service) private readonly service: Service) {}
        @Get() get() {
          return this.service.work();
        }
      }
      await withApp({ controllers: [CaseController], providers: [Service] }, probe, async ({ get }) => {
        assert.deepEqual([(await get('/')).body, (await get('/')).body], [1, 2]);
        probe.ended('ok', 'ok');
      });
    },
  },
  {
    name: 'records what a factory makes, and what another class extends',
    needs,
    async run(kit, probe) {
      class Service {
        constructor(readonly prefix: string) {}
        @kit.traced work(text: string): string {
          return this.prefix + text;
        }
      }
      kit.ready(Service);
      class Special extends Service {}
      @Controller()
      class CaseController {
        constructor(
          @Inject(Service) private readonly service: Service,
          @Inject('special') private readonly special: Service,
        ) {}
        @Get() get() {
          return [this.service.work('a'), this.special.work('b')];
        }
      }
      const providers = [
        { provide: Service, useFactory: () => new Service('made ') },
        { provide: 'special', useValue: new Special('special ') },
      ];
      await withApp({ controllers: [CaseController], providers }, probe, async ({ get }) => {
        assert.deepEqual((await get('/')).body, ['made a', 'special b']);
        probe.ended('ok', 'ok');
      });
    },
  },
  {
    name: 'keeps the routes and guards of a controller it stands on',
    needs,
    onClass: true,
    async run(kit, probe) {
      class CaseController {
        @Get('open') open() {
          return 'open';
        }
        @Get('denied') @UseGuards(Deny) denied() {
          return 'denied';
        }
      }
      Controller('whole')(CaseController);
      kit.tracedClass(CaseController);
      kit.ready(CaseController);
      await withApp({ controllers: [CaseController] }, probe, async ({ get }) => {
        assert.equal((await get('/whole/open')).body, 'open');
        assert.equal((await get('/whole/denied')).status, 403);
        probe.ended('ok');
      });
    },
  },
];
