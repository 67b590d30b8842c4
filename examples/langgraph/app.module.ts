import { Body, Controller, Module, Post } from '@nestjs/common';
import { TraceModule, TraceWebhook } from 'nestjs-trace-collector';
import { createTeam } from './team.graph.js';

@Controller('webhook')
export class WebhookController {
  private readonly team = createTeam();

  /** The graph needs no callback and no decorator: LangChain reports its runs to the trace by itself. */
  @Post()
  @TraceWebhook({ reply: 'response' })
  async receive(@Body() message: { contactId: string; body: string }): Promise<{ reply: string }> {
    const { reply } = await this.team.invoke({ text: message.body });
    return { reply };
  }
}

@Module({ imports: [TraceModule.forRoot()], controllers: [WebhookController] })
export class AppModule {}
