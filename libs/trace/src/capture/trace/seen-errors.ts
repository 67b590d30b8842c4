import { isReportedError } from '../../context/reported-error.js';
import { errorMessage, errorName } from '../../serialize/serializer.js';
import { isTextOf } from './warned-rejection.js';

/** Errors whose text is compared with that of one that another tracer reports. */
const RECENT = 8;

/** The errors of one trace that are recorded, so that each is recorded once on its way outwards. */
export class SeenErrors {
  private readonly objects = new WeakSet<object>();
  private recent: WeakRef<object>[] = [];
  /** Texts of reported errors whose thrown error was not seen yet. */
  private reported: Set<string> | undefined;

  /** Whether it is seen for the first time. */
  add(error: object): boolean {
    if (this.objects.has(error) || isTextOf(error, this.recent.at(-1)?.deref())) return false;
    const known = isReportedError(error) ? this.isKnownText(textOf(error)) : this.isReported(error);
    if (known && isReportedError(error)) return false;
    this.objects.add(error);
    if (!isReportedError(error)) this.remember(error);
    return !known;
  }

  /** Whether an error of this text was recorded. Notes it otherwise, for the thrown error that follows. */
  private isKnownText(text: string): boolean {
    if (this.reported?.has(text)) return true;
    if (this.recent.some((each) => textOf(each.deref()) === text)) return true;
    this.reported ??= new Set();
    if (this.reported.size >= RECENT) this.reported.delete(this.reported.values().next().value!);
    this.reported.add(text);
    return false;
  }

  /** A reported error has one thrown error. */
  private isReported(error: object): boolean {
    return this.reported !== undefined && this.reported.size > 0 && this.reported.delete(textOf(error));
  }

  private remember(error: object): void {
    this.recent.push(new WeakRef(error));
    if (this.recent.length > RECENT) this.recent.shift();
  }
}

function textOf(error: object | undefined): string {
  return error === undefined ? '' : `${errorName(error)}: ${errorMessage(error)}`;
}
