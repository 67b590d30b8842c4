import { LifecycleController } from './support/lifecycle.controller.js';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';

const types = (trace: any): string[] => trace.events.map((event: any) => event.type);

describe.each(ADAPTERS)('a trace on %s whose handler and response end at different times', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({ adapter, controllers: [LifecycleController] });
  });
  afterAll(() => app.close());

  const send = async (route: string, contactId: string): Promise<{ status: number; text: string; trace: any }> => {
    const response = await app.post(`/webhook/${route}`, { contactId, body: 'x' });
    const text = await response.text().catch((error: Error) => `broken: ${error.message}`);
    return { status: response.status, text, trace: await app.ended(contactId) };
  };

  it('@Res() answered before the work: open until the handler is done', async () => {
    const { status, trace } = await send('early', 'res-1');
    expect(status).toBe(202);
    expect(trace).toMatchObject({ status: 'completed', summary: { message_sent: true } });
    expect(trace.duration_ms).toBeGreaterThanOrEqual(195);
    expect(trace.webhook.acknowledged_ms).toBeLessThan(trace.duration_ms);
    expect(trace.debug_hints).toEqual(['✅ Workflow completed successfully']);
  });

  it('a throw after the answer', async () => {
    const { status, text, trace } = await send('throws-late', 'late-1');
    expect([status, text]).toEqual([202, '{"ok":true}']);
    expect(trace).toMatchObject({ status: 'error', webhook: { status_code: 202 } });
    expect(trace.errors).toHaveLength(1);
    expect(trace.errors[0]).toMatchObject({
      location: 'LifecycleController.throwsLate',
      message: 'too late to tell',
    });
    expect(trace.debug_hints.join()).toContain('❌ Error in LifecycleController.throwsLate: too late to tell');
  });

  it('an error that the application catches', async () => {
    const { status, trace } = await send('caught', 'caught-1');
    expect(status).toBe(200);
    expect(trace).toMatchObject({ status: 'error', summary: { message_sent: true } });
    expect(trace.errors).toHaveLength(1);
    expect(trace.debug_hints).toEqual(['❌ Error in crm_update: CRM is down']);
  });

  it('an answer that cannot be serialized: the client’s 500 wins', async () => {
    const { status, trace } = await send('circular', 'circ-1');
    expect(status).toBe(500);
    expect(trace).toMatchObject({ status: 'error', webhook: { status_code: 500 } });
    expect(trace.errors).toHaveLength(1);
  });

  it('a file that does not exist', async () => {
    const { status, trace } = await send('file-missing', 'file-1');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(trace.status).toBe('error');
    expect(trace.errors.map((error: any) => error.message).join()).toContain('ENOENT');
  });

  it('a file that breaks off in the middle', async () => {
    const { text, trace } = await send('file-breaks', 'file-2');
    expect(text).toMatch(/^broken/);
    expect(trace).toMatchObject({ status: 'error', webhook: { status_code: 201 } });
    expect(trace.errors.map((error: any) => error.message)).toEqual(['disk error']);
  });

  it('an Observable that fails', async () => {
    const { status, trace } = await send('observable-fails', 'obs-1');
    expect(status).toBe(500);
    expect(trace.errors.map((error: any) => error.message)).toEqual(['stream failed']);
  });

  it('an event stream: open until its end, its messages counted', async () => {
    const response = await fetch(`${app.url}/webhook/sse?contactId=sse-1`);
    const id = response.headers.get('x-trace-id')!;
    expect((await app.debug(`/trace/${id}`)).status).toBe('active');
    await response.text();
    const trace = await app.endedTrace(id);
    expect(trace.status).toBe('completed');
    expect(trace.duration_ms).toBeGreaterThanOrEqual(95);
    expect(trace.events.find((event: any) => event.type === 'sse_closed').data).toEqual({ messages: 5 });
    expect(trace.debug_hints).toEqual(['ℹ️ No error was recorded; nothing inside the handler was traced']);
  });

  it('an event stream that does not end: a trace ends with maxMs, the stream does not', async () => {
    const short = await startApp({
      adapter,
      controllers: [LifecycleController],
      options: { lifecycle: { maxMs: 200 } },
    });
    const abort = new AbortController();
    const response = await fetch(`${short.url}/webhook/sse-endless`, { signal: abort.signal });
    const trace = await short.endedTrace(response.headers.get('x-trace-id')!);
    expect(trace.status).toBe('timeout');
    const { value } = await response.body!.getReader().read();
    expect(Buffer.from(value!).toString()).toContain('data: n');
    abort.abort();
    await short.close();
  });

  it('an event stream that fails', async () => {
    const response = await fetch(`${app.url}/webhook/sse-fails`);
    await response.text();
    const trace = await app.endedTrace(response.headers.get('x-trace-id')!);
    expect(trace.status).toBe('error');
    expect(trace.errors.map((error: any) => error.message)).toEqual(['feed broke']);
    expect(types(trace)).toContain('sse_closed');
  });
});
