import { Controller, type INestApplication, Post, Version, VersioningType } from '@nestjs/common';
import { NoTrace, TraceWebhook } from 'nestjs-trace-collector';
import { ADAPTERS, startApp } from './support/nest-app.js';

@Controller()
class VersionedController {
  @Post('hooks')
  @Version('1')
  @TraceWebhook()
  first(): string {
    return 'traced';
  }

  @Post('hooks')
  @Version(['2', '3'])
  second(): string {
    return 'not';
  }

  @Post('webhook')
  @Version('1')
  @NoTrace()
  hidden(): string {
    return 'not';
  }

  @Post('webhook')
  @Version('2')
  shown(): string {
    return 'traced';
  }
}

const KINDS: [string, (app: INestApplication) => void][] = [
  ['a header', (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' })],
  ['the media type', (app) => app.enableVersioning({ type: VersioningType.MEDIA_TYPE, key: 'v=' })],
  [
    'an extractor',
    (app) =>
      app.enableVersioning({
        type: VersioningType.CUSTOM,
        extractor: (request: any) => request.headers['x-version'] ?? '',
      }),
  ],
];

describe.each(ADAPTERS)('versions on %s', (adapter) => {
  it.each(KINDS)('by %s: a decorator on a handler applies to its version only', async (_kind, configure) => {
    const app = await startApp({ adapter, controllers: [VersionedController], configure });
    const traced = async (path: string, version: string): Promise<[string, boolean]> => {
      const headers = { 'x-version': version, accept: `application/json;v=${version}` };
      const response = await app.post(path, {}, headers);
      return [await response.text(), response.headers.has('x-trace-id')];
    };
    expect(await traced('/hooks', '1')).toEqual(['traced', true]);
    expect(await traced('/hooks', '2')).toEqual(['not', false]);
    expect(await traced('/hooks', '3')).toEqual(['not', false]);
    expect(await traced('/webhook', '1')).toEqual(['not', false]);
    expect(await traced('/webhook', '2')).toEqual(['traced', true]);
    expect((await app.debug('/health')).self_errors).toBe(0);
    await app.close();
  });
});
