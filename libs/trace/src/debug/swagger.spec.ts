import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { MemoryStore } from '../store/memory/memory-store.js';
import { TraceModule } from '../trace.module.js';

@Controller('cats')
class Cats {
  @Get() all() {
    return [];
  }
}

it.each([
  ['alone', undefined],
  ['under a global prefix', (app: { setGlobalPrefix(prefix: string): void }) => app.setGlobalPrefix('api')],
  ['with versions', (app: { enableVersioning(): void }) => app.enableVersioning()],
])('the OpenAPI document has the routes of the application only, %s', async (_title, configure) => {
  @Module({ imports: [TraceModule.forRoot({ storage: new MemoryStore() as never })], controllers: [Cats] })
  class App {}
  const app = await NestFactory.create(App, { logger: false });
  configure?.(app);
  const { paths, components } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
  expect(Object.keys(paths).filter((path) => !path.endsWith('/cats'))).toEqual([]);
  expect(Object.keys(paths)).toHaveLength(1);
  expect(components?.schemas ?? {}).toEqual({});
  await app.close();
});
