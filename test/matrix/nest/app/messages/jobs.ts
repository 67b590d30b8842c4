import { Injectable } from '@nestjs/common';
import { EventEmitter2, OnEvent } from '@nestjs/event-emitter';
import { Cron, SchedulerRegistry } from '@nestjs/schedule';
import { currentTrace, runInTrace, traceEvent, Traced } from 'nestjs-trace-collector';

const NEVER = '0 0 1 1 *';

/** Both orders of decorators, on methods that others call. */
@Injectable()
export class Jobs {
  readonly heard: (string | undefined)[] = [];

  constructor(
    private readonly emitter: EventEmitter2,
    private readonly scheduler: SchedulerRegistry,
  ) {}

  @Cron(NEVER, { name: 'nightly' })
  @Traced()
  nightly(): Promise<void> {
    return runInTrace({ contactId: 'c-cron', type: 'cron' }, () => this.remind());
  }

  @Traced()
  @Cron(NEVER, { name: 'weekly' })
  weekly(): void {
    traceEvent('weekly_ran');
  }

  @Traced({ kind: 'tool', name: 'remind' })
  private async remind(): Promise<void> {
    traceEvent('reminded');
  }

  @OnEvent('lead.scored')
  @Traced({ kind: 'agent', name: 'sync_listener' })
  async onScored(): Promise<void> {
    this.heard.push(currentTrace()?.contactId);
  }

  @Traced({ kind: 'agent', name: 'async_listener' })
  @OnEvent('lead.scored', { async: true })
  async onScoredLater(): Promise<void> {
    this.heard.push(currentTrace()?.contactId);
  }

  emit(): void {
    this.emitter.emit('lead.scored', { score: 8 });
  }

  fire(name: string): void {
    void this.scheduler.getCronJob(name).fireOnTick();
  }
}
