import {
  Controller,
  type INestApplication,
  Inject,
  Injectable,
  Logger,
  Module,
  type OnModuleInit,
  Post,
  Scope,
} from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Test } from '@nestjs/testing';
import { from, type Observable } from 'rxjs';
import type { FullTraceResponse } from '../../contract/responses.js';
import { NoTrace } from '../../context/decorators/no-trace.decorator.js';
import { Traced } from '../../context/decorators/traced.decorator.js';
import { TraceTestingModule, tracesOf, type TraceTestingOptions } from '../../testing/trace-testing.module.js';

abstract class BaseAgent {
  greet(name: string) {
    return `Hola ${name}`;
  }
}

@Injectable()
class SofiaAgent extends BaseAgent implements OnModuleInit {
  readonly made = 1;
  async reply(text: string) {
    await Promise.resolve();
    return `${this.greet('Ana')}: ${text}`;
  }
  words(): Observable<string> {
    return from(['a', 'b']);
  }
  *parts() {
    yield 1;
    yield 2;
  }
  @Traced('my.name') named() {
    return 1;
  }
  @NoTrace() secret() {
    return 2;
  }
  onModuleInit() {
    return this.greet('nobody');
  }
}

/** Listeners are bound in a hook of event-emitter. */
@Injectable()
class ListenerAgent {
  @OnEvent('lead') heard(lead: { id: number }) {
    return lead.id;
  }
}

@Injectable({ scope: Scope.REQUEST })
class PriceTool {
  price() {
    return 9;
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class SlotTool {
  slot() {
    return 'monday';
  }
}

@Injectable()
class MadeTool {
  make() {
    return 'made';
  }
}

/** As the client of an SDK: no `@Injectable()`. */
class VendorTool {
  call() {
    return 'vendor';
  }
}

class ValueTool {
  value() {
    return 'value';
  }
}

@NoTrace()
@Injectable()
class HiddenAgent {
  hide() {
    return 0;
  }
}

@Injectable()
class LoggerTool extends Logger {}

@Controller('webhook')
class HookAgent {
  constructor(
    @Inject(SofiaAgent) private readonly sofia: SofiaAgent,
    @Inject(PriceTool) private readonly price: PriceTool,
    @Inject(SlotTool) private readonly slot: SlotTool,
    @Inject(HiddenAgent) private readonly hidden: HiddenAgent,
    @Inject('made') private readonly made: MadeTool,
    @Inject('vendor') private readonly vendor: VendorTool,
    @Inject('value') private readonly value: ValueTool,
    @Inject(LoggerTool) private readonly log: LoggerTool,
    @Inject(EventEmitter2) private readonly emitter: EventEmitter2,
  ) {}

  @Post()
  async receive() {
    this.hidden.hide();
    this.sofia.secret();
    this.sofia.named();
    this.log.log('a line');
    this.emitter.emit('lead', { id: 7 });
    return [
      await this.sofia.reply('hola'),
      await new Promise((resolve) => this.sofia.words().subscribe({ complete: () => resolve('words') })),
      [...this.sofia.parts()],
      this.price.price(),
      this.slot.slot(),
      this.made.make(),
      this.vendor.call(),
      this.value.value(),
    ];
  }
}

@Module({
  imports: [EventEmitterModule.forRoot()],
  controllers: [HookAgent],
  providers: [
    SofiaAgent,
    ListenerAgent,
    PriceTool,
    SlotTool,
    HiddenAgent,
    LoggerTool,
    { provide: 'made', useFactory: async () => new MadeTool() },
    { provide: 'vendor', useFactory: () => new VendorTool() },
    { provide: 'value', useValue: new ValueTool() },
  ],
})
class AppModule {}

const open: INestApplication[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

async function start(options: TraceTestingOptions): Promise<INestApplication> {
  const module = await Test.createTestingModule({
    imports: [TraceTestingModule.forRoot(options), AppModule],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  open.push(app);
  await app.listen(0, '127.0.0.1');
  return app;
}

async function ask(app: INestApplication): Promise<{ body: unknown; trace: FullTraceResponse }> {
  const response = await fetch(`${await app.getUrl()}/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ contactId: 'ana', body: 'hola' }),
  });
  return { body: await response.json(), trace: await tracesOf(app).waitFor({ contactId: 'ana' }) };
}

const spans = ({ events }: FullTraceResponse) =>
  events.filter(({ span_id, name }) => span_id && name).map(({ type, name }) => `${type} ${name}`);

const ANSWER = ['Hola Ana: hola', 'words', [1, 2], 9, 'monday', 'made', 'vendor', 'value'];

describe('capture.providers', () => {
  it('records each method of the classes that match, and nothing else', async () => {
    const app = await start({ capture: { providers: [/(Agent|Tool)$/, { include: ValueTool }] } });
    const { body, trace } = await ask(app);
    expect(body).toEqual(ANSWER);
    expect(spans(trace)).toEqual([
      'step my.name',
      'agent ListenerAgent.heard',
      'agent SofiaAgent.reply',
      'agent SofiaAgent.greet',
      'agent SofiaAgent.words',
      'agent SofiaAgent.parts',
      'tool PriceTool.price',
      'tool SlotTool.slot',
      'tool MadeTool.make',
      'tool ValueTool.value',
    ]);
    expect(trace.status).toBe('completed');
  });

  it('follows the options of each application, whose classes are the same', async () => {
    const only = await start({ capture: { providers: { include: [/Agent$/, PriceTool], exclude: /^Sofia|Base/ } } });
    const none = await start({});
    const prototype = Object.getOwnPropertyDescriptors(SofiaAgent.prototype);
    const all = await start({ capture: { providers: SofiaAgent } });
    expect(Object.getOwnPropertyDescriptors(SofiaAgent.prototype)).toEqual(prototype);
    const [first, second, third] = [await ask(only), await ask(none), await ask(all)];
    expect([first.body, second.body, third.body]).toEqual([ANSWER, ANSWER, ANSWER]);
    expect(spans(first.trace)).toEqual(['step my.name', 'agent ListenerAgent.heard', 'tool PriceTool.price']);
    expect(spans(second.trace)).toEqual(['step my.name']);
    expect(spans(third.trace)).toEqual([
      'step my.name',
      'agent SofiaAgent.reply',
      'agent SofiaAgent.words',
      'agent SofiaAgent.parts',
    ]);
  });

  it.each([[['Agent']], [{ include: 'Agent' }], [{ exclude: /x/ }], [{ include: /x/, excluded: /y/ }], [() => true]])(
    'refuses the rule %p',
    (rule) => {
      expect(() => TraceTestingModule.forRoot({})).not.toThrow();
      return expect(start({ capture: { providers: rule as never } })).rejects.toThrow('capture.providers');
    },
  );
});
