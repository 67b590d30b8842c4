import { type CanActivate, Body, Controller, Injectable, Post, UseGuards } from '@nestjs/common';
import { currentTrace, traceContact, traceEvent, TraceService } from 'nestjs-trace-collector';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';

@Injectable()
class LookUpGuard implements CanActivate {
  constructor(private readonly traces: TraceService) {}

  canActivate(): boolean {
    this.traces.traceContact('from-guard');
    return true;
  }
}

@Controller('webhook')
class LookUpController {
  @Post('found')
  found(@Body() { crm }: { crm: string | number }) {
    traceEvent('before');
    traceContact(crm);
    traceEvent('after');
    return { contact: currentTrace()?.contactId };
  }

  @Post('guarded')
  @UseGuards(LookUpGuard)
  guarded(): string {
    return 'ok';
  }
}

describe.each(ADAPTERS)('traceContact on %s', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({ adapter, controllers: [LookUpController], providers: [LookUpGuard] });
  });
  afterAll(() => app.close());

  const idsOf = async (contact: string): Promise<string[]> =>
    (await app.debug(`/traces?contact_id=${encodeURIComponent(contact)}`)).traces.map((trace: any) => trace.trace_id);

  it('moves the trace to the contact that a look-up found, under the id that was already sent', async () => {
    const response = await app.post('/webhook/found', { contactId: '+34600111222', body: 'hola', crm: 'crm-7' });
    expect(await response.json()).toEqual({ contact: 'crm-7' });
    const id = response.headers.get('x-trace-id')!;
    expect(id).toMatch(/^34600111222_/);
    const trace = await app.ended('crm-7');
    expect(trace).toMatchObject({ trace_id: id, contact_id: 'crm-7', webhook_message: 'hola' });
    expect(await idsOf('crm-7')).toEqual([id]);
    // A search for the number finds it too.
    expect(await idsOf('+34600111222')).toEqual([id]);
    expect((await app.debug('/quick-debug/crm-7')).latest_trace.trace_id).toBe(id);
    expect((await app.debug('/traces?q=crm-7')).traces[0]).toMatchObject({ trace_id: id, contact_id: 'crm-7' });
  });

  it('names a trace without a contact, and leaves nothing under unknown', async () => {
    const response = await app.post('/webhook/found', { crm: 42 });
    const id = response.headers.get('x-trace-id')!;
    expect((await app.ended('42')).trace_id).toBe(id);
    expect(await idsOf('unknown')).not.toContain(id);
  });

  it('refuses invalid values', async () => {
    const response = await app.post('/webhook/found', { contactId: 'stays', crm: { $ne: 1 } });
    expect(await response.json()).toEqual({ contact: 'stays' });
    expect((await app.ended('stays')).contact_id).toBe('stays');
    expect(() => traceContact('outside of any trace')).not.toThrow();
  });

  it('overrides the body where it comes first, in the id too', async () => {
    const response = await app.post('/webhook/guarded', { contactId: 'from-body' });
    const trace = await app.ended('from-guard');
    expect(trace.trace_id).toBe(response.headers.get('x-trace-id'));
    expect(await idsOf('from-body')).toContain(trace.trace_id);
  });

  it('is erased under either name', async () => {
    const response = await app.post('/webhook/found', { contactId: 'old-name-1', crm: 'new-name-1' });
    await app.ended('new-name-1');
    const erased = await fetch(`${app.url}/debug/contacts/old-name-1`, { method: 'DELETE' });
    expect(erased.status).toBe(200);
    expect(await idsOf('new-name-1')).toEqual([]);
    expect((await app.debug(`/trace/${response.headers.get('x-trace-id')}`)).code).toBe('TRACE_NOT_FOUND');
  });

  it('sends the rest and the end to a stream of the new contact', async () => {
    const stream = await app.stream('?contact_id=streamed-new');
    await app.post('/webhook/found', { contactId: 'streamed-old', crm: 'streamed-new' });
    const end = await stream.ended('streamed-new');
    stream.close();
    expect(end.data.contact_id).toBe('streamed-new');
    expect(stream.messages.filter(({ type }) => type === 'trace.event').map(({ data }) => data.event.type)).toContain(
      'after',
    );
  });
});
