import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { startCrmApi } from './crm-api.js';
import type { FakeApi } from './fake-api.js';
import { startModelApi } from './model-api.js';
import { startWhatsAppApi } from './whatsapp-api.js';

/** The providers that the example calls, as local fakes: it needs no network and no keys, and always does the same. */
@Injectable()
export class FakeApis implements OnApplicationShutdown {
  constructor(
    readonly model: FakeApi,
    readonly whatsapp: FakeApi,
    readonly crm: FakeApi,
  ) {}

  static async start(): Promise<FakeApis> {
    return new FakeApis(...(await Promise.all([startModelApi(), startWhatsAppApi(), startCrmApi()])));
  }

  onApplicationShutdown(): void {
    for (const api of [this.model, this.whatsapp, this.crm]) api.close();
  }
}
