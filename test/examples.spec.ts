import { complaintsAbout, examplesIn, examplesOfExports } from './support/examples.js';
import { documentationPages } from './support/markdown-blocks.js';

const inDocuments = ['README.md', 'CONTRIBUTING.md', ...documentationPages()].flatMap(examplesIn);
const ofExports = examplesOfExports(process.cwd());

/** The names that most applications use; each has an example. */
const MAIN_NAMES = [
  'traceEvent',
  'traceError',
  'traceRoute',
  'traceReply',
  'traceContact',
  'currentTrace',
  'traceCarrier',
  'runInTrace',
  'bindTrace',
  'waitUntil',
  'traced',
  'Traced',
  'TraceWebhook',
  'NoTrace',
  'TraceModule',
  'TraceModule.forRoot',
  'TraceModule.forRootAsync',
  'TraceService',
];

describe('examples', () => {
  it('exist for each of the main names', () => {
    const names = new Set(ofExports.map(({ where }) => where));
    expect(MAIN_NAMES.filter((name) => !names.has(name))).toEqual([]);
    expect(inDocuments.length).toBeGreaterThan(8);
  });

  const wrong = [
    'traceEvent(1);',
    'TraceModule.forRoot({ captur: {} });',
    "@Cron('0 9 * * *')\nremind() {\n  return runInTrace({ contact: 'ana' }, () => sofia.remind(lead));\n}",
    'traceReply(',
  ].map((code, index) => ({ where: `wrong ${index}`, code }));
  let complaints: string[];
  beforeAll(() => {
    complaints = complaintsAbout([...inDocuments, ...ofExports, ...wrong]);
  }, 120_000);

  it('compile against the types of the package', () => {
    expect(complaints.filter((complaint) => !complaint.startsWith('wrong'))).toEqual([]);
  });

  it.each(wrong)('are reported when they are wrong: $where', ({ where }) => {
    expect(complaints.filter((complaint) => complaint.startsWith(where))).not.toEqual([]);
  });

  it('are reported in the compiler’s words', () => {
    expect(complaints.join('\n')).toContain("'captur' does not exist in type 'TraceModuleOptions'");
  });
});
