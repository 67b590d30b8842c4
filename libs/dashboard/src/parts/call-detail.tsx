import { visible } from '../format/visible.js';
import { record } from '../model/trace-log.js';
import { ValueTree } from './value-tree.js';

interface CallDetailProps {
  /** `{ method, url, headers?, body? }`. */
  input: Record<string, unknown>;
  /** `{ status, headers?, body?, error? }`. */
  output: Record<string, unknown>;
}

/** An outgoing call as request and response. */
export function CallDetail({ input, output }: CallDetailProps) {
  const { code, message } = record(output.error);
  const why = [code, message].filter((part) => part !== undefined && part !== null).map(String);
  return (
    <div class="call">
      <Side title="Request" path="input" headers={input.headers} body={input.body}>
        {[input.method, input.url].filter((part) => typeof part === 'string').join(' ')}
      </Side>
      <Side title="Response" path="output" headers={output.headers} body={output.body}>
        {output.status === undefined ? 'no response' : String(output.status)}
      </Side>
      {why.length > 0 && (
        <p class="call-error">
          <bdi>{visible(why.join(': '))}</bdi>
        </p>
      )}
    </div>
  );
}

interface SideProps {
  title: string;
  path: 'input' | 'output';
  headers: unknown;
  body: unknown;
  children: string;
}

function Side({ title, path, headers, body, children }: SideProps) {
  const lines = Object.entries(record(headers));
  return (
    <section>
      <h2 class="small-head">{title}</h2>
      <p>
        <code>
          <bdi>{visible(children)}</bdi>
        </code>
      </p>
      {lines.length > 0 && (
        <dl class="headers">
          {lines.map(([name, value]) => (
            <div key={name}>
              <dt>{visible(name)}</dt>
              <dd>
                <bdi>{visible(String(value))}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {body === undefined || body === null ? (
        <p class="muted">The body was not recorded, or there was none.</p>
      ) : (
        <ValueTree value={body} path={['data', path, 'body']} />
      )}
    </section>
  );
}
