import { createWriteStream, type WriteStream } from 'node:fs';
import { CliError, Exit, QuietExit } from '../cli-error.js';

type Sink = Pick<NodeJS.WriteStream | WriteStream, 'write' | 'on' | 'end'>;

/** The output of data: stdout, or the file of `-o`, which is created at the first write. */
export class Output {
  private sink: Sink | undefined;
  private failure: Error | undefined;

  constructor(private readonly file: string | undefined) {}

  get isFile(): boolean {
    return this.file !== undefined;
  }

  /** Resolves when the text is written. A closed reader (`| head`) ends the program without an error. */
  async write(text: string): Promise<void> {
    const sink = (this.sink ??= this.open());
    await new Promise<void>((resolve, reject) => {
      if (this.failure) return reject(this.asExit(this.failure));
      sink.write(text, (error) => (error ? reject(this.asExit(error)) : resolve()));
    });
  }

  /** Resolves when the file is complete. */
  async close(): Promise<void> {
    const { sink } = this;
    if (!sink || !this.isFile || this.failure) return;
    await new Promise<void>((resolve) => sink.end(() => resolve()));
  }

  private open(): Sink {
    const sink = this.file === undefined ? process.stdout : createWriteStream(this.file);
    sink.on('error', (error: Error) => (this.failure ??= error));
    return sink;
  }

  private asExit(error: NodeJS.ErrnoException): Error {
    if (error.code === 'EPIPE') return new QuietExit(Exit.ok);
    const where = this.file === undefined ? 'stdout' : `'${this.file}'`;
    return new CliError('CANNOT_WRITE', Exit.unexpected, `cannot write to ${where}: ${error.message}`, {
      cause: error,
    });
  }
}
