import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';
import { addToModule } from './add-to-module.js';
import { findModule } from './find-module.js';
import { ignoreTraces } from './ignore-traces.js';
import { textOf, type Rule, type SchematicContext, type Tree } from './tree.js';

const BY_HAND = `Add it yourself: import { TraceModule } from 'nestjs-trace-collector'; @Module({ imports: [TraceModule.forRoot()] })`;

const NEXT = `
Requests whose path has a segment that begins with "webhook" are recorded from now on. Start the application, send one, then:

  npx nestjs-trace-collector last

Other routes: TraceModule.forRoot({ capture: { routes: ['/messages'] } }), or @TraceWebhook() on a handler.
`;

/** Options of `nest add nestjs-trace-collector`. */
export interface NestAddOptions {
  /** Folder of the application's source. Default: `src`. */
  sourceRoot?: string;
  /** File of the root module below it. Default: the module that `main.ts` starts, else `app.module.ts`. */
  module?: string;
}

/** Imports `TraceModule` into the root module, and ignores the traces in Git. A second call changes nothing. */
export function nestAdd({ sourceRoot = 'src', module }: NestAddOptions): Rule {
  return (tree, context) => {
    const path = findModule(tree, sourceRoot, module);
    if (path === undefined) {
      context.logger.warn(`There is no ${module ?? 'root module'} in ${sourceRoot}. ${BY_HAND}`);
    } else edit(tree, context, path);
    if (ignoreTraces(tree)) context.logger.info('.gitignore: .traces/ added');
    context.logger.info(NEXT);
    return tree;
  };
}

function edit(tree: Tree, { logger }: SchematicContext, path: string): void {
  const compiler = compilerOfProject();
  if (!compiler) return logger.warn(`The project has no TypeScript that can read ${path}. ${BY_HAND}`);
  const edited = addToModule(compiler, textOf(tree, path)!);
  if ('text' in edited) {
    tree.overwrite(path, edited.text);
    logger.info(`${path}: TraceModule.forRoot() added`);
  } else if (edited.reason === 'imported already') logger.info(`${path} imports the package already`);
  else logger.warn(`${path} has no class with @Module({ … }). ${BY_HAND}`);
}

/** The project's own TypeScript: it is there to compile the application, and this package does not depend on it. */
function compilerOfProject(): typeof ts | undefined {
  try {
    const found = createRequire(join(process.cwd(), 'package.json'))('typescript') as Partial<typeof ts>;
    return typeof found.createSourceFile === 'function' ? (found as typeof ts) : undefined;
  } catch {
    return undefined;
  }
}
