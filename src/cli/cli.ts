import { usageError } from './cli-error.js';
import type { HumanOptions } from '../../libs/trace/src/views/render/human/human.js';
import { escapeForTerminals, JSON_SCHEMA, renderJson } from '../../libs/trace/src/views/render/json.js';
import type { AnswerKind, AnswersByKind } from '../../libs/trace/src/views/render/kinds.js';
import { readConfigFiles } from './config/config-file.js';
import type { Interrupt } from './interrupt.js';
import { resolveSettings, type Env, type Settings } from './config/settings.js';
import { chosenFormat, chosenMaxTokens, type Format, type GlobalFlags } from './config/global-options.js';
import { Output } from './output/output.js';
import { safeLines, terminalOf, type Terminal } from './output/terminal.js';
import { pageUrl } from './output/page-url.js';
import { sameCommand } from './output/same-command.js';
import { SourceChooser } from './source/choose-source.js';
import type { TraceSource } from './source/http-source.js';

/** The settings, the source and the output of a command. */
export class Cli {
  readonly settings: Settings;
  readonly format: Format;
  private readonly maxTokens: number | undefined;
  readonly output: Output;
  readonly terminal: Terminal;
  readonly chooser: SourceChooser;
  /** Whether long answers open in a pager. */
  private readonly pages: boolean;
  private readonly closers: (() => Promise<unknown>)[] = [];

  /** @param interrupt what Ctrl-C does. @param help the help of the command that runs. */
  constructor(
    flags: GlobalFlags,
    readonly env: Env,
    private readonly interrupt: Pick<Interrupt, 'signal' | 'endsInOrder' | 'duringPager'>,
    readonly help: () => string,
    /** The words of the command line. */
    readonly words: readonly string[] = [],
  ) {
    this.format = chosenFormat(flags);
    this.maxTokens = chosenMaxTokens(flags);
    this.settings = resolveSettings(flags, env, readConfigFiles(process.cwd(), env));
    this.output = new Output(flags.output);
    this.terminal = terminalOf(process.stdout, env, { color: flags.color, toFile: this.output.isFile });
    this.pages = flags.pager !== false && this.terminal.rows !== undefined && process.stdin.isTTY === true;
    this.chooser = new SourceChooser(this.settings, (text) => this.notice(text));
  }

  /** Fires at Ctrl-C and at `kill`. */
  get signal(): AbortSignal {
    return this.interrupt.signal;
  }

  /** For a command that runs until Ctrl-C: `close` is then called, has `graceMs` milliseconds, and the exit code is 0. */
  runsUntilStopped(graceMs: number, close: () => Promise<unknown>): void {
    this.interrupt.endsInOrder(graceMs);
    this.closers.push(close);
  }

  /** Asks the server, or the directory where no server answers. */
  ask<T>(question: (source: TraceSource) => Promise<T>): Promise<T> {
    return this.chooser.ask(question);
  }

  /** Prints an answer in the chosen format. */
  async print<Kind extends AnswerKind>(
    kind: Kind,
    answer: AnswersByKind[Kind],
    layout: Pick<HumanOptions, 'columns' | 'next'> = {},
  ): Promise<void> {
    if (this.format === 'human') {
      const { renderHuman } = await import('../../libs/trace/src/views/render/human/human.js');
      await this.show(renderHuman(kind, answer, { ...this.human(), ...layout }));
    } else if (this.format === 'md') {
      const { renderMarkdown } = await import('../../libs/trace/src/views/render/markdown/markdown.js');
      await this.show(renderMarkdown(kind, answer, { maxTokens: this.maxTokens }));
    } else if (this.format === 'html') {
      await this.write(await this.page(kind, answer));
    } else if (this.format === 'plain') {
      const { renderPlain } = await import('../../libs/trace/src/views/render/plain/plain.js');
      await this.write(renderPlain(kind, answer, { columns: layout.columns }));
    } else {
      await this.write(renderJson(kind, answer, JSON_STYLES[this.format]));
    }
  }

  /** Prints a trace; as Markdown with its comparison to the last completed one. */
  async printTrace<Kind extends 'trace' | 'error'>(
    kind: Kind,
    find: (source: TraceSource) => Promise<AnswersByKind[Kind]>,
  ): Promise<void> {
    if (this.format !== 'md') return this.print(kind, await this.ask(find));
    const [{ compareWithLastOk }, { renderMarkdown }] = await Promise.all([
      import('../../libs/trace/src/query/compare-with-last-ok.js'),
      import('../../libs/trace/src/views/render/markdown/markdown.js'),
    ]);
    const { answer, comparison } = await this.ask(async (source) => {
      const found = await find(source);
      return { answer: found, comparison: await compareWithLastOk(source, found) };
    });
    await this.show(renderMarkdown(kind, answer, { maxTokens: this.maxTokens, comparison }));
  }

  /** Prints an answer without a view: `text` returns the text for people, also as Markdown. */
  async printAs(answer: object, text: () => string | Promise<string>): Promise<void> {
    const json = this.asJson(answer);
    await (json === undefined ? this.show(await text()) : this.write(json));
  }

  /** An answer as JSON; `undefined` for a format for people. */
  asJson(answer: object): string | undefined {
    if (this.format !== 'json' && this.format !== 'raw' && this.format !== 'pretty') return undefined;
    const whole = this.format === 'json' ? { schema: JSON_SCHEMA, ...answer } : answer;
    return escapeForTerminals(JSON.stringify(whole, null, this.format === 'pretty' ? 2 : undefined));
  }

  private async page<Kind extends AnswerKind>(kind: Kind, answer: AnswersByKind[Kind]): Promise<string> {
    if (kind !== 'trace' && kind !== 'error' && kind !== 'export') {
      throw usageError('--html makes a page of one trace; use it with trace, last, error or show');
    }
    const { traceHtml } = await import('../../libs/trace/src/views/render/html/html-trace.js');
    return traceHtml(answer as AnswersByKind['export']);
  }

  /** Data, with a line end after it. */
  async write(text: string): Promise<void> {
    await this.output.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** Text for people: a long one opens in a pager. */
  private async show(text: string): Promise<void> {
    if (this.pages) {
      const { needsPager, page } = await import('./output/pager.js');
      if (needsPager(text, this.terminal.rows)) {
        let paged = false;
        await this.interrupt.duringPager(page(`${text}\n`, this.env).then((done) => void (paged = done)));
        if (paged) return;
      }
    }
    await this.write(text);
  }

  /** Layout of text for people; times of today have no date. */
  human(): HumanOptions {
    const href = this.terminal.hyperlinks ? this.chooser.server?.client.href : undefined;
    return {
      color: this.terminal.color,
      width: this.terminal.width,
      now: Date.now() * 1000,
      more: (cursor) => sameCommand(this.words, '--before', cursor),
      ...(href && { link: (id) => pageUrl(href, id) }),
    };
  }

  /** A line on stderr: as JSON where programs read it. */
  async notice(text: string): Promise<void> {
    const json = this.format === 'json';
    process.stderr.write(`${json ? JSON.stringify({ schema: JSON_SCHEMA, notice: text }) : await safeLines(text)}\n`);
  }

  async close(): Promise<void> {
    await Promise.allSettled([
      this.output.close(),
      this.chooser.close(),
      ...this.closers.splice(0).map((close) => close()),
    ]);
  }
}

const JSON_STYLES = { raw: 'raw', pretty: 'pretty', json: 'envelope' } as const;
