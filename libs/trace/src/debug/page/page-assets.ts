import { NotFoundException } from '@nestjs/common';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { TextAnswer } from '../http/debug-reply.js';

const TYPES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Where the build puts the dashboard's files, beside the built form of this one. */
const DIRECTORY = fileURLToPath(new URL('assets', import.meta.url));

/**
 * The files of the dashboard. They are few and small, so each is read once, and only what lies in the directory has a
 * name here: no path of a request ever reaches the file system. Names carry a hash of the content, so a browser may
 * keep them for good.
 */
export class PageAssets {
  private readonly names: ReadonlySet<string>;
  private readonly loaded = new Map<string, { plain: Buffer; gzipped: Buffer }>();

  constructor(private readonly directory = DIRECTORY) {
    this.names = new Set(namesIn(directory));
  }

  /** The name of the one file of this kind; `undefined` where the dashboard was not built. */
  nameOf(kind: 'js' | 'css' | 'svg'): string | undefined {
    return [...this.names].find((name) => name.endsWith(`.${kind}`));
  }

  /** A file as an answer; compressed for whoever takes that. Throws an error with HTTP status 404 for a name that is none. */
  answer(name: string, acceptEncoding: string | undefined): TextAnswer {
    const type = TYPES[name.split('.').at(-1) ?? ''];
    if (type === undefined || !this.names.has(name)) {
      const message = `The dashboard has no file ${JSON.stringify(name.slice(0, 80))}.`;
      throw new NotFoundException({ statusCode: 404, code: 'FILE_NOT_FOUND', message, error: 'Not Found' });
    }
    const { plain, gzipped } = this.load(name);
    const zipped = /(?:^|,)\s*gzip\s*(?:,|;(?!\s*q=0(?:\.0*)?\s*(?:,|$))|$)/i.test(acceptEncoding ?? '');
    return {
      type,
      text: zipped ? gzipped : plain,
      headers: {
        'Cache-Control': 'private, max-age=31536000, immutable',
        Vary: 'Accept-Encoding',
        ...(zipped && { 'Content-Encoding': 'gzip' }),
      },
    };
  }

  private load(name: string): { plain: Buffer; gzipped: Buffer } {
    const known = this.loaded.get(name);
    if (known) return known;
    const plain = readFileSync(join(this.directory, name));
    const file = { plain, gzipped: gzipSync(plain, { level: 9 }) };
    this.loaded.set(name, file);
    return file;
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => (name.split('.').at(-1) ?? '') in TYPES);
  } catch {
    return [];
  }
}
