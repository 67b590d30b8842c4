import type { AttributeValue } from '../model/attributes.js';
import type { MomentContext } from '../model/time.js';
import type { ZonedStamp } from '../model/trace-id.js';
import type { QuestionStore } from '../store/port.js';
import type { EventTypes } from '../views/events/event-types.js';
import type { HintRule } from '../views/hints/hints.js';
import type { OwnInstance } from './own-instance.js';

/** Context of a query; `now` is the time of the call. */
export interface QueryContext extends MomentContext {
  store: QuestionStore;
  /** The process that answers, where it records into the store. */
  own: OwnInstance | undefined;
  types: EventTypes;
  zone: ZonedStamp;
  hints: readonly HintRule[];
  slowMs: number;
  /** Attributes of the process in OpenTelemetry's words: `service.name` and others. */
  resource: Readonly<Record<string, AttributeValue>>;
  /** Directory of the application's own code. Default: the process's. */
  sourceRoot: string | undefined;
}
