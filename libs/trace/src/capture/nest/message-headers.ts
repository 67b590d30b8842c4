/** Headers of a message that W3C names. */
export interface MessageHeaders {
  traceparent?: string;
  tracestate?: string;
  baggage?: string;
}

const NAMES = ['traceparent', 'tracestate', 'baggage'] as const;

/**
 * Reads the headers of W3C from the context of a transport of `@nestjs/microservices`: NATS, Kafka, RabbitMQ, MQTT 5 and
 * gRPC have headers, TCP and Redis have none. A context of another kind, or one that throws, has none either.
 *
 * @param context the handler's `@Ctx()`
 */
export function messageHeaders(context: unknown): MessageHeaders {
  const headers: MessageHeaders = {};
  try {
    const source = headersIn(context);
    if (source === undefined) return headers;
    for (const name of NAMES) {
      const value = headerText(source, name);
      if (value !== undefined) headers[name] = value;
    }
  } catch {
    // Getters of a transport's own objects; the message is recorded without a caller.
  }
  return headers;
}

function headersIn(context: unknown): object | undefined {
  if (!isObject(context)) return undefined;
  // gRPC passes its metadata itself.
  if (isMethod(context, 'getMap')) return context;
  const nats = called(context, 'getHeaders');
  if (isObject(nats)) return nats;
  const message = called(context, 'getMessage');
  if (isObject(message)) {
    const properties = (message as { properties?: unknown }).properties;
    const holder = isObject(properties) ? properties : message;
    return asObject((holder as { headers?: unknown }).headers);
  }
  const packet = called(context, 'getPacket');
  const mqtt = isObject(packet) ? (packet as { properties?: { userProperties?: unknown } }).properties : undefined;
  return asObject(mqtt?.userProperties);
}

/** Several values are one list, as HTTP joins them. Kafka has bytes. */
function headerText(source: object, name: string): string | undefined {
  const value = isMethod(source, 'get') ? called(source, 'get', name) : (source as Record<string, unknown>)[name];
  const texts = (Array.isArray(value) ? value : [value]).flatMap((each: unknown) =>
    typeof each === 'string' ? each || [] : Buffer.isBuffer(each) ? each.toString('latin1') : [],
  );
  return texts.length === 0 ? undefined : texts.join(',');
}

function called(object: object, method: string, ...args: unknown[]): unknown {
  return isMethod(object, method)
    ? (object as Record<string, (...args: unknown[]) => unknown>)[method]!(...args)
    : undefined;
}

function isMethod(object: object, name: string): boolean {
  return typeof (object as Record<string, unknown>)[name] === 'function';
}

function asObject(value: unknown): object | undefined {
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
