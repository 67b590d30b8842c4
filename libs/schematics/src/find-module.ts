import { textOf, type Tree } from './tree.js';

/** The file of the module that `main.ts` starts, else `app.module.ts`; `undefined`: there is neither. */
export function findModule(tree: Tree, sourceRoot: string, given: string | undefined): string | undefined {
  const candidates = given === undefined ? [startedModule(tree, sourceRoot), 'app.module.ts'] : [given];
  return candidates
    .filter((each) => each !== undefined)
    .map((each) => `${sourceRoot}/${each}`)
    .find((path) => tree.read(path) !== null);
}

/** `NestFactory.create(AppModule)` with `import { AppModule } from './app.module.js'`: `app.module.ts`. */
function startedModule(tree: Tree, sourceRoot: string): string | undefined {
  const main = textOf(tree, `${sourceRoot}/main.ts`) ?? '';
  const name = /NestFactory\s*\.\s*create(?:ApplicationContext|Microservice)?\s*(?:<[^>]*>+)?\(\s*(\w+)/.exec(
    main,
  )?.[1];
  if (name === undefined) return undefined;
  const from = new RegExp(`import\\s*\\{[^}]*\\b${name}\\b[^}]*\\}\\s*from\\s*['"]\\./([^'"]+)['"]`).exec(main)?.[1];
  return from === undefined ? undefined : `${from.replace(/\.[cm]?js$/, '')}.ts`;
}
