import { shortHash } from '../../model/hash.js';

/**
 * Twelve hex digits, the same for errors of one origin: the type, the message without what varies from case to case,
 * and the function of the application in which it was made. Lines are left out, so that it survives an edit above.
 */
export function fingerprint(type: string, message: string, stack?: string): string {
  const origin = [type, withoutVariables(message), topFrame(stack ?? '')].join('\n');
  return shortHash(origin);
}

const MAX_MESSAGE = 500;

function withoutVariables(message: string): string {
  return message
    .slice(0, MAX_MESSAGE)
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '<text>')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>')
    .replace(/\b(?:0x)?(?=[a-f]*\d)[0-9a-f]{6,}\b/gi, '<id>')
    .replace(/\b(?=[A-Za-z]*\d)[A-Za-z0-9_-]{12,}/g, '<id>')
    .replace(/\d+(?:[.,:]\d+)*/g, '#');
}

const FRAME = /^\s+at (?:async )?(?:(.*?) \()?(.*?)(?::\d+)?(?::\d+)?\)?$/;

/** Function and file name of the first frame that is neither Node's nor a package's. */
function topFrame(stack: string): string {
  const frames = stack
    .slice(0, 8_192)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  const frame = frames.find((line) => !/node:|node_modules|<anonymous>\)?$/.test(line)) ?? frames[0];
  const [, name = '', file = ''] = FRAME.exec(frame ?? '') ?? [];
  return `${name} ${file.split(/[\\/]/).at(-1) ?? ''}`;
}
