import { isReportedError } from '../../context/reported-error.js';
import { errorMessage, errorName, ownData } from '../../serialize/serializer.js';
import { isTextOf } from './warned-rejection.js';

/** Errors whose text is compared with that of one that another tracer reports. */
const RECENT = 8;

/** The errors of one trace that are recorded, so that each is recorded once on its way outwards. */
export class SeenErrors {
  private readonly objects = new WeakSet<object>();
  private recent: WeakRef<object>[] = [];
  /** Texts of reported errors whose thrown error was not seen yet, and whether they were recorded as control flow. */
  private reported: Map<string, boolean> | undefined;

  /**
   * Whether it is seen for the first time.
   *
   * @param isFlow it is control flow and no error
   */
  add(error: object, isFlow: boolean): boolean {
    if (this.objects.has(error) || isTextOf(error, this.recent.at(-1)?.deref())) return false;
    if (isReportedError(error)) return this.addReported(textOf(error), isFlow) && this.note(error);
    const recordedAs = this.takeReported(error);
    this.note(error);
    this.recent.push(new WeakRef(error));
    if (this.recent.length > RECENT) this.recent.shift();
    // The text of an abort does not say that a timeout is its cause: then it was no control flow.
    return recordedAs === undefined || (recordedAs && !isFlow);
  }

  private note(error: object): true {
    this.objects.add(error);
    return true;
  }

  /** Whether no error of this text was recorded. Then it waits for the thrown error that follows. */
  private addReported(text: string, isFlow: boolean): boolean {
    if (this.reported?.has(text)) return false;
    if (this.recent.some((each) => textsOf(each.deref()).includes(text))) return false;
    this.reported ??= new Map();
    if (this.reported.size >= RECENT) this.reported.delete(this.reported.keys().next().value!);
    this.reported.set(text, isFlow);
    return true;
  }

  /** What the thrown error was recorded as when it was reported: a reported error has one thrown error. */
  private takeReported(error: object): boolean | undefined {
    if (this.reported === undefined || this.reported.size === 0) return undefined;
    const text = textsOf(error).find((each) => this.reported!.has(each));
    if (text === undefined) return undefined;
    const recordedAs = this.reported.get(text);
    this.reported.delete(text);
    return recordedAs;
  }
}

function textOf(error: object): string {
  return `${errorName(error)}: ${errorMessage(error)}`;
}

/**
 * What a tracer may report of an error. The SDK of OpenTelemetry puts the code of an error in the place of its name.
 *
 * @see https://github.com/open-telemetry/opentelemetry-js/blob/main/packages/opentelemetry-sdk-trace-base/src/Span.ts
 */
function textsOf(error: object | undefined): string[] {
  if (error === undefined) return [];
  const code = ownData(error, 'code');
  const isCode = (typeof code === 'string' && code !== '') || typeof code === 'number';
  return isCode ? [textOf(error), `${code}: ${errorMessage(error)}`] : [textOf(error)];
}
