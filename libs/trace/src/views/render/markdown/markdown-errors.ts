import type { ErrorDto } from '../../../contract/responses.js';
import { errorReasons, reasonsSuffix } from '../../events/error-reasons.js';
import { asRecord } from '../../events/event-data.js';
import { SourceFrames } from '../../trace/source-frames.js';
import { firstFrame, stackFrames } from '../../trace/stack-frames.js';
import { clipText } from '../../text/visible-text.js';
import { causesOf, causeWords } from '../cause-words.js';
import { code, fence } from './markdown-text.js';
import { payload } from './markdown-payload.js';

interface Detail {
  message: number;
  frames: number;
  otherFrames: number;
  causes: number;
  /** Tokens for the context; 0 leaves it out. */
  context: number;
}

/** Ever shorter variants for `MarkdownBudget.takeFirst`. */
const DETAILS: readonly Detail[] = [
  { message: 4_000, frames: 20, otherFrames: 4, causes: 10, context: 600 },
  { message: 1_500, frames: 8, otherFrames: 1, causes: 5, context: 250 },
  { message: 500, frames: 3, otherFrames: 0, causes: 3, context: 0 },
  { message: 200, frames: 1, otherFrames: 0, causes: 1, context: 0 },
];

/** An error in full, then in ever shorter variants. */
export function* errorVariants(
  error: ErrorDto,
  title: string,
  source: SourceFrames = new SourceFrames(),
): Generator<() => string[]> {
  for (const detail of DETAILS) yield () => errorLines(error, title, detail, source);
  yield () => [
    `- ${code(error.type)} in ${code(error.location)}: ${code(clipText(error.message + reasonsSuffix(error.message, error.detail), 120))}`,
  ];
}

function errorLines(error: ErrorDto, title: string, detail: Detail, source: SourceFrames): string[] {
  const { application, other } = stackFrames(error.stack);
  const frames = [
    ...application.slice(0, detail.frames),
    ...other.slice(0, application.length > 0 ? detail.otherFrames : detail.frames),
  ];
  const left = application.length + other.length - frames.length;
  return [
    '',
    `### ${title}: ${code(error.type)} in ${code(error.location)}`,
    '',
    ...fence(
      clipText([error.message, ...errorReasons(error.message, error.detail)].join('\n'), detail.message),
      'text',
    ),
    ...(frames.length === 0
      ? []
      : [
          '',
          'Stack, application frames first:',
          '',
          ...fence(frames.flatMap((frame) => source.placeAndCode(frame)).join('\n'), 'text'),
        ]),
    ...(left > 0 && frames.length > 0 ? ['', `${left} more frames are left out.`] : []),
    ...causesOf(error)
      .slice(0, detail.causes)
      .flatMap((cause) => causeLines(cause, detail, source)),
    ...(detail.context === 0 || error.detail === undefined
      ? []
      : (payload('Detail', error.detail, detail.context)?.lines ?? [])),
    ...(detail.context === 0 || error.context === null
      ? []
      : (payload('Context', error.context, detail.context)?.lines ?? [])),
  ];
}

function causeLines(cause: unknown, detail: Detail, source: SourceFrames): string[] {
  const { stack } = asRecord(cause);
  const frame = typeof stack === 'string' ? firstFrame(stack) : undefined;
  const text = clipText(causeWords(cause), detail.message);
  const place = frame === undefined ? [] : source.placeAndCode(frame).map((line) => `    ${line}`);
  return ['', 'Caused by:', '', ...fence([text, ...place].join('\n'), 'text')];
}
