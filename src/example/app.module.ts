import { Module } from '@nestjs/common';
import { TraceModule } from 'nestjs-trace-collector';
import { CarlosAgent } from './agents/carlos.agent.js';
import { MariaAgent } from './agents/maria.agent.js';
import { SofiaAgent } from './agents/sofia.agent.js';
import { Conversations } from './conversations.js';
import { FakeApis } from './fakes/fake-apis.js';
import { LanguageModel } from './language-model.js';
import { LeadWorkflow } from './lead.workflow.js';
import { Messenger } from './messenger.js';
import { paced } from './pace.js';
import { Supervisor } from './supervisor.js';
import { CalendarTool } from './tools/calendar.tool.js';
import { CrmTool } from './tools/crm.tool.js';
import { QuoteTool } from './tools/quote.tool.js';
import { WebhookController } from './webhook.controller.js';

@Module({
  imports: [
    TraceModule.forRoot({
      // Every message here needs a reply: a trace that ends without one is `silent`.
      lifecycle: { expectReply: true, quietMs: paced(1_000) },
      // A demonstration on a local machine: no token for loopback peers, in any NODE_ENV.
      debug: { access: 'loopback' },
      // Several instances on one host need names of their own in a shared store.
      storage: { instance: process.env.EXAMPLE_INSTANCE },
    }),
  ],
  controllers: [WebhookController],
  providers: [
    LeadWorkflow,
    Supervisor,
    MariaAgent,
    CarlosAgent,
    SofiaAgent,
    CalendarTool,
    CrmTool,
    QuoteTool,
    { provide: FakeApis, useFactory: () => FakeApis.start() },
    LanguageModel,
    Conversations,
    Messenger,
  ],
})
export class AppModule {}
