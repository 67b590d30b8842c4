import { createRequire } from 'node:module';
import {
  All,
  type CanActivate,
  Controller,
  Get,
  Head,
  type INestApplication,
  Module,
  Options,
  Post,
  RequestMethod,
  Scope,
  UseGuards,
  Version,
  VersioningType,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { currentTrace, NoTrace, traceEvent, TraceWebhook } from 'nestjs-trace-collector';
import { rows, serverOf, startTableApp, type TableParts } from './support/route-table.js';

// Nest's own dependencies, which have no types of their own here.
const load = createRequire(import.meta.url);
const express: any = load('express');

/** A guard that refuses every request, after it recorded one event. */
class DenyGuard implements CanActivate {
  canActivate(): boolean {
    traceEvent('denied', { by: 'guard' });
    return false;
  }
}

// Each handler answers `traced …` or `quiet …`, by its decorators or its declared path.

@Controller('webhook')
class Webhooks {
  @Post('chat')
  chat(): string {
    return 'traced chat';
  }

  @Post('payments')
  @NoTrace()
  payments(): string {
    return 'quiet payments';
  }

  @All('any')
  @NoTrace()
  any(): string {
    return 'quiet any';
  }

  @Get('look')
  look(): string {
    return 'traced look';
  }

  @Get('hidden-look')
  @NoTrace()
  hiddenLook(): string {
    return 'quiet look';
  }

  @Head('probe')
  probe(): void {}

  @Options('asked')
  @NoTrace()
  asked(): string {
    return 'quiet asked';
  }

  @Post('files/*')
  files(): string {
    return 'traced files';
  }

  @Post('private/*')
  @NoTrace()
  privateFiles(): string {
    return 'quiet files';
  }

  @Post('guarded')
  @UseGuards(DenyGuard)
  guarded(): string {
    return 'traced guarded';
  }

  @Post('guarded-quiet')
  @UseGuards(DenyGuard)
  @NoTrace()
  guardedQuiet(): string {
    return 'quiet guarded';
  }
}

@Controller('inbox')
class Inbox {
  @Post()
  @TraceWebhook({ type: 'inbox' })
  take(): string {
    return `traced inbox ${currentTrace() === undefined ? 'without' : 'with'} its trace`;
  }

  @Post('plain')
  plain(): string {
    return 'quiet plain';
  }

  @Post('guarded')
  @UseGuards(DenyGuard)
  @TraceWebhook()
  guarded(): string {
    return 'traced guarded';
  }

  @All('any')
  @TraceWebhook()
  any(): string {
    return 'traced any';
  }
}

/** Made for each request. */
@Controller({ path: 'scoped', scope: Scope.REQUEST })
@TraceWebhook()
class Scoped {
  @Post()
  take(): string {
    return 'traced scoped';
  }

  @Post('webhook')
  @NoTrace()
  quiet(): string {
    return 'quiet scoped';
  }
}

/** One handler in two controllers that disagree. */
class Shared {
  @Post('shared')
  take(): string {
    return `${this.constructor.name === 'SharedQuiet' ? 'quiet' : 'traced'} shared`;
  }
}

@Controller('webhook-a')
class SharedTraced extends Shared {}

@Controller('webhook-b')
@NoTrace()
class SharedQuiet extends Shared {}

@Module({ controllers: [Inbox] })
class PartnerModule {}

const PLAIN = [Webhooks, Inbox, Scoped, SharedTraced, SharedQuiet];

const COMMON = `
  POST /webhook/chat
  POST /webhook/chat?a=/webhook/payments
  POST /webhook/payments
  POST /webhook/payments?x=1
  POST http://h/webhook/chat
  POST http://h/webhook/payments
  POST http://h:81/webhook/payments?x=http://h/webhook/chat
  POST HTTP://h/webhook/payments
  POST http://user@h/inbox
  POST http://h/inbox
  POST http://h/inbox/plain
  POST /inbox
  POST /inbox/plain
  PUT /inbox/any
  DELETE http://h/inbox/any
  GET /webhook/any
  PATCH http://h/webhook/any
  GET /webhook/look
  GET /webhook/hidden-look
  HEAD /webhook/look -> recorded
  HEAD /webhook/hidden-look -> nothing
  HEAD http://h/webhook/hidden-look -> nothing
  HEAD /webhook/probe -> recorded
  OPTIONS /webhook/asked -> nothing
  POST /webhook/files/a/b
  POST /webhook/private/a/b
  POST /webhook/private/a%2Fwebhook/b
  POST /scoped
  POST http://h/scoped
  POST /scoped/webhook
  POST /webhook-a/shared
  POST /webhook-b/shared
  POST http://h/webhook-a/shared
  POST http://h/webhook-b/shared
  POST /webhook/guarded -> recorded
  POST /webhook/guarded-quiet -> nothing
  POST http://h/webhook/guarded-quiet -> nothing
  POST /inbox/guarded -> recorded
  POST http://h/inbox/guarded -> recorded
  POST /webhook/nowhere -> recorded
  POST /nowhere -> nothing
`;

describe('recorded exactly when the handler that ran expects it', () => {
  const fastify = (options: Record<string, unknown> = {}) => new FastifyAdapter(options as never);

  it.each<[string, () => TableParts, string]>([
    [
      'express',
      () => ({ adapter: new ExpressAdapter(), controllers: PLAIN }),
      `${COMMON}
      POST /WEBHOOK/Chat
      POST /WEBHOOK/PAYMENTS
      POST /webhook/payments/
      POST /Inbox/
      POST http://h/INBOX/
      POST /%77ebhook/chat -> nothing
      POST /webhook/%70ayments -> recorded
      POST //webhook//payments -> recorded`,
    ],
    [
      'express, strict and case-sensitive',
      () => {
        const instance = express();
        instance.enable('strict routing');
        instance.enable('case sensitive routing');
        return { adapter: new ExpressAdapter(instance), controllers: PLAIN };
      },
      `POST /webhook/chat
      POST /webhook/payments
      POST /webhook/payments/ -> nothing
      POST /Inbox -> recorded
      POST http://h/inbox`,
    ],
    [
      'express, below a path of another application',
      () => ({
        adapter: new ExpressAdapter(),
        controllers: PLAIN,
        mount: (app: INestApplication) => serverOf(express().use('/api', app.getHttpAdapter().getInstance())),
      }),
      `POST /api/webhook/chat
      POST /api/webhook/payments
      POST http://h/api/webhook/payments
      POST /api/inbox
      POST /api/inbox/plain
      POST /api/inbox/guarded -> recorded
      POST /api/webhook/guarded-quiet -> nothing
      POST /api/webhook-b/shared`,
    ],
    [
      'express, behind a middleware that rewrites the URL',
      () => ({
        adapter: new ExpressAdapter(),
        controllers: PLAIN,
        configure: (app: INestApplication) =>
          void app.use((request: any, _response: unknown, next: () => void) => {
            request.url = request.url.replace(/^\/old/, '').replace(/^\/go\/to/, '/webhook');
            next();
          }),
      }),
      `POST /old/webhook/payments
      POST /old/webhook/chat
      POST /old/inbox
      POST /old/inbox/plain
      POST /go/to/payments
      POST /go/to/chat
      POST /go/to/guarded -> recorded
      POST /go/to/guarded-quiet -> nothing`,
    ],
    [
      'fastify',
      () => ({ adapter: fastify(), controllers: PLAIN }),
      `${COMMON}
      POST /%77ebhook/chat
      POST /%77ebhook/payments
      POST /webhook/%70ayments
      POST http://h/%77ebhook/%70ayments
      POST /%69nbox
      POST /inbox/%70lain
      POST /WEBHOOK/chat -> recorded
      POST /webhook/payments/ -> nothing`,
    ],
    [
      'fastify, lenient',
      () => ({
        adapter: fastify({
          routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true, caseSensitive: false },
        }),
        controllers: PLAIN,
      }),
      `POST //webhook//payments
      POST //webhook//chat
      POST /webhook/payments/
      POST //inbox/
      POST /INBOX
      POST /WebHook/PAYments
      POST //inbox//plain
      POST //WEBHOOK-b///shared/`,
    ],
    [
      'fastify, with a URL that is rewritten before routing',
      () => ({
        adapter: fastify({ rewriteUrl: (request: { url: string }) => request.url.replace(/^\/old/, '') }),
        controllers: PLAIN,
      }),
      `POST /old/webhook/payments
      POST /old/webhook/chat
      POST /old/inbox
      POST /old/inbox/plain`,
    ],
    ...(['express', 'fastify'] as const).map((adapter): [string, () => TableParts, string] => [
      `${adapter}, below a global prefix and a path of RouterModule`,
      () => ({
        adapter: adapter === 'express' ? new ExpressAdapter() : fastify(),
        controllers: [Webhooks],
        imports: [PartnerModule, RouterModule.register([{ path: 'partners/:partner', module: PartnerModule }])],
        configure: (app: INestApplication) =>
          void app.setGlobalPrefix('api/v9', { exclude: [{ path: 'webhook/payments', method: RequestMethod.POST }] }),
      }),
      `POST /api/v9/webhook/chat
      POST http://h/api/v9/webhook/chat
      POST /webhook/payments
      POST http://h/webhook/payments
      POST /api/v9/partners/acme/inbox
      POST http://h/api/v9/partners/acme/inbox
      POST /api/v9/partners/webhook/inbox/plain -> recorded
      POST /api/v9/partners/acme/inbox/plain
      POST /api/v9/webhook/guarded-quiet -> nothing`,
    ]),
  ])('%s', async (_name, parts, table) => {
    await check(parts(), table);
  });

  it('express, two hosts on one path', async () => {
    @Controller({ host: 'cards.example.com', path: 'webhook' })
    @NoTrace()
    class Cards {
      @Post()
      take(): string {
        return 'quiet cards';
      }

      @Post('guarded')
      @UseGuards(DenyGuard)
      guarded(): string {
        return 'quiet cards';
      }
    }
    @Controller({ host: ':tenant.chat.example.com', path: 'inbox' })
    class Tenants {
      @Post()
      @TraceWebhook()
      take(): string {
        return 'traced tenant';
      }

      @Post('guarded')
      @UseGuards(DenyGuard)
      @TraceWebhook()
      guarded(): string {
        return 'traced tenant';
      }
    }
    @Controller()
    class Others {
      @Post('webhook')
      hook(): string {
        return 'traced other';
      }

      @Post('inbox')
      inbox(): string {
        return 'quiet other';
      }
    }
    await check(
      {
        adapter: new ExpressAdapter(express().set('trust proxy', true)),
        controllers: [Cards, Tenants, Others],
      },
      `POST /webhook | host: cards.example.com
      POST /webhook | host: chat.example.com
      POST http://cards.example.com/webhook | host: cards.example.com
      POST /webhook | host: cards.example.com:8080
      POST /webhook | host: proxy | x-forwarded-host: cards.example.com
      POST /webhook | host: proxy | x-forwarded-host: chat.example.com
      POST /webhook/guarded | host: cards.example.com -> nothing
      POST /webhook/guarded | host: proxy | x-forwarded-host: cards.example.com -> nothing
      POST /inbox | host: acme.chat.example.com
      POST /inbox | host: www.example.com
      POST /inbox | host: proxy | x-forwarded-host: acme.chat.example.com
      POST /inbox | host: proxy | x-forwarded-host: www.example.com
      POST /inbox/guarded | host: acme.chat.example.com -> recorded
      POST /inbox/guarded | host: proxy | x-forwarded-host: acme.chat.example.com -> recorded
      POST /inbox/guarded | host: www.example.com -> nothing`,
    );
  });

  const asked: string[] = [];
  it.each(
    (['express', 'fastify'] as const).flatMap((adapter): [string, TableParts['configure'], () => any][] => {
      const make = () => (adapter === 'express' ? new ExpressAdapter() : fastify());
      return [
        [
          `${adapter}, versions in a header`,
          (app) => void app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }),
          make,
        ],
        [
          `${adapter}, versions in the media type`,
          (app) => void app.enableVersioning({ type: VersioningType.MEDIA_TYPE, key: 'v=' }),
          make,
        ],
        [
          `${adapter}, versions by an extractor`,
          (app) =>
            void app.enableVersioning({
              type: VersioningType.CUSTOM,
              extractor: (request: any) => {
                asked.push(request.url);
                return request.headers['x-version'] ?? '';
              },
            }),
          make,
        ],
      ];
    }),
  )('%s', async (name, configure, make) => {
    @Controller()
    class Versions {
      @Post('hooks')
      @Version('1')
      @TraceWebhook()
      first(): string {
        return 'traced 1';
      }

      @Post('hooks')
      @Version(['2', '3'])
      second(): string {
        return 'quiet 2';
      }

      @Post('webhook')
      @Version('1')
      @UseGuards(DenyGuard)
      @NoTrace()
      hidden(): string {
        return 'quiet 1';
      }

      @Post('webhook')
      @Version('2')
      shown(): string {
        return 'traced 2';
      }

      @Post('webhook')
      @Version('3')
      @NoTrace()
      third(): string {
        return 'quiet 3';
      }
    }
    asked.length = 0;
    const version = (number: number) => `x-version: ${number} | accept: application/json;v=${number}`;
    await check(
      { adapter: make(), controllers: [Versions], configure },
      `POST /hooks | ${version(1)}
      POST /hooks | ${version(2)}
      POST http://h/hooks | ${version(3)}
      POST http://h/hooks | ${version(1)}
      POST /webhook | ${version(1)} -> nothing
      POST http://h/webhook | ${version(1)} -> nothing
      POST /webhook | ${version(2)}
      POST /webhook | ${version(3)}
      POST http://h/webhook | ${version(3)}`,
    );
    // By the router only: Fastify calls it once per request, Express once per route that it tries.
    if (name === 'fastify, versions by an extractor') expect(asked).toHaveLength(9);
    if (name === 'express, versions by an extractor') expect(asked).toHaveLength(1 + 2 + 2 + 1 + 1 + 1 + 2 + 3 + 3);
  });
});

/** Sends the rows one after another, and compares responses, journal, lists and counts with the handlers. */
async function check(parts: TableParts, table: string): Promise<void> {
  const app = await startTableApp(parts);
  try {
    const seen: string[] = [];
    const due: string[] = [];
    const recorded: string[] = [];
    const quiet: string[] = [];
    for (const [at, row] of rows(table).entries()) {
      const secret = `iban-${at}-ES91`;
      const result = await app.send(row, JSON.stringify({ contactId: `c-${at}`, message: secret }));
      const expected = row.recorded ?? result.text.startsWith('traced');
      if (row.recorded === undefined)
        expect([row, result.text]).toEqual([row, expect.stringMatching(/^(traced|quiet)/)]);
      const name = `${row.method} ${row.target} ${JSON.stringify(row.headers)} ${result.status}`;
      due.push(`${name}: ${expected ? 'recorded' : 'nothing'}`);
      seen.push(`${name}: ${result.traceId === undefined ? 'nothing' : 'recorded'}`);
      (expected ? recorded : quiet).push(secret);
    }
    expect(seen).toEqual(due);
    expect(await app.count()).toBe(recorded.length);
    const journal = recorded.length === 0 ? '' : app.journal();
    expect(quiet.filter((secret) => journal.includes(secret))).toEqual([]);
    expect(await app.internalErrors()).toBe(0);
  } finally {
    await app.close();
  }
}
