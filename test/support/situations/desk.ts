import { setTimeout as delay } from 'node:timers/promises';
import { NEVER, type Observable } from 'rxjs';
import { Traced } from 'nestjs-trace-collector';

/** Steps of every kind of end. */
export class Desk {
  @Traced({ kind: 'tool', name: 'crm_update' })
  async update(ms = 0): Promise<string> {
    if (ms > 0) await delay(ms);
    return 'ok';
  }

  @Traced({ kind: 'tool', name: 'crm_broken' })
  async broken(): Promise<never> {
    throw new Error('CRM is down');
  }

  @Traced({ kind: 'node', name: 'careful' })
  async careful(): Promise<string> {
    return this.broken().catch(() => 'later');
  }

  @Traced({ kind: 'llm', name: 'gpt' })
  hung(): Promise<never> {
    return new Promise(() => undefined);
  }

  @Traced({ kind: 'agent', name: 'watcher' })
  endless(): Observable<never> {
    return NEVER;
  }
}
