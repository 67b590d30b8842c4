import assert from 'node:assert/strict';
import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Injectable,
  Param,
  ParseIntPipe,
  Post,
  SetMetadata,
  Sse,
  UseGuards,
  UseInterceptors,
  createParamDecorator,
} from '@nestjs/common';
import type {
  ArgumentMetadata,
  CallHandler,
  CanActivate,
  ExecutionContext,
  NestInterceptor,
  PipeTransform,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { map, of } from 'rxjs';
import { PLACES, SIDES } from './class-case.js';
import type { ClassCase, ClassKit, Place } from './class-case.js';
import { withApp } from './nest-app.js';

const needs = ['@nestjs/platform-express'];

class Deny implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

/** Lets in who has no role to have. */
class RolesGuard implements CanActivate {
  private readonly reflector = new Reflector();

  canActivate(context: ExecutionContext): boolean {
    return this.reflector.get<string[] | undefined>('roles', context.getHandler()) === undefined;
  }
}

class Wrap implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(map((value: unknown) => ({ wrapped: value })));
  }
}

class Lead {
  contactId!: string;
}

/** Answers what type the parameter was declared with. */
class MetatypePipe implements PipeTransform {
  transform(value: object, { metatype }: ArgumentMetadata): unknown {
    return { ...value, metatype: metatype?.name };
  }
}

const Path = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  String(context.switchToHttp().getRequest<{ url: string }>().url),
);

function controllerOf(kit: ClassKit, place: Place, ran: string[]) {
  @Controller('case')
  class CaseController {
    private readonly self = 'controller';

    @kit.among(place, Get('param/:id')) param(@Param('id', ParseIntPipe) id: number, @Path() path: string) {
      return { id, path, self: this.self };
    }
    @kit.among(place, Post('body'), HttpCode(202)) async body(@Body(MetatypePipe) lead: Lead) {
      return lead;
    }
    @kit.among(place, Post('denied'), UseGuards(Deny)) denied() {
      ran.push('denied');
    }
    @kit.among(place, Get('roles'), UseGuards(RolesGuard), SetMetadata('roles', ['admin'])) roles() {
      ran.push('roles');
    }
    @kit.among(place, Get('wrapped'), UseInterceptors(Wrap), Header('x-case', 'kept')) wrapped() {
      return of('value');
    }
    @kit.among(place, Sse('events')) events() {
      return of({ data: 'one', id: '1' }, { data: 'two', id: '2' });
    }
  }
  Injectable()(CaseController);
  return kit.ready(CaseController) as typeof CaseController;
}

/** Nest's own decorators of a route, with ours on either side. */
export const NEST_HTTP: readonly ClassCase[] = [...PLACES.flatMap(guarded), ...SIDES.flatMap(routed)];

function guarded(place: Place): ClassCase[] {
  return [
    {
      name: `keeps a guarded route guarded, ${place} @Post() and @UseGuards()`,
      needs,
      async run(kit, probe) {
        const ran: string[] = [];
        await withApp({ controllers: [controllerOf(kit, place, ran)] }, probe, async ({ post }) => {
          assert.equal((await post('/case/denied', {})).status, 403);
          assert.deepEqual(ran, []);
          probe.ended();
        });
      },
    },
    {
      name: `keeps the roles that a guard asks for, ${place} @Roles()`,
      needs,
      async run(kit, probe) {
        const ran: string[] = [];
        await withApp({ controllers: [controllerOf(kit, place, ran)] }, probe, async ({ get }) => {
          assert.equal((await get('/case/roles')).status, 403);
          assert.deepEqual(ran, []);
        });
      },
    },
  ];
}

function routed(place: Place): ClassCase[] {
  return [
    {
      name: `keeps a route, its parameters, pipes and own parameter decorators, ${place} @Get()`,
      needs,
      async run(kit, probe) {
        await withApp({ controllers: [controllerOf(kit, place, [])] }, probe, async ({ get }) => {
          const expected = { id: 7, path: '/case/param/7', self: 'controller' };
          assert.deepEqual(await get('/case/param/7'), { status: 200, body: expected });
          probe.ended('ok');
          assert.equal((await get('/case/param/seven')).status, 400);
          probe.ended('ok');
        });
      },
    },
    {
      name: `keeps the body’s type for pipes, and the status, ${place} @Post()`,
      needs,
      async run(kit, probe) {
        await withApp({ controllers: [controllerOf(kit, place, [])] }, probe, async ({ post }) => {
          const answer = await post('/case/body', { contactId: 'c1' });
          assert.deepEqual(answer, { status: 202, body: { contactId: 'c1', metatype: 'Lead' } });
          probe.ended('ok');
        });
      },
    },
    {
      name: `keeps interceptors and headers around an Observable, ${place} them`,
      needs,
      async run(kit, probe) {
        await withApp({ controllers: [controllerOf(kit, place, [])] }, probe, async ({ app, get }) => {
          assert.deepEqual((await get('/case/wrapped')).body, { wrapped: 'value' });
          const { headers } = await fetch(`${await app.getUrl()}/case/wrapped`);
          assert.equal(headers.get('x-case'), 'kept');
          probe.ended('ok', 'ok');
        });
      },
    },
    {
      name: `keeps an event stream, one span until its end, ${place} @Sse()`,
      needs,
      async run(kit, probe) {
        await withApp({ controllers: [controllerOf(kit, place, [])] }, probe, async ({ get }) => {
          const { status, body } = await get('/case/events');
          assert.equal(status, 200);
          assert.deepEqual(String(body).match(/data: \w+/g), ['data: one', 'data: two']);
          probe.ended('ok');
        });
      },
    },
  ];
}
