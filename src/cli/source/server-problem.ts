/** Why a server did not answer with traces. */
export type ServerProblemKind =
  /** No connection, or none in time. */
  | 'unreachable'
  /** Another program answers. */
  | 'foreign'
  /** A Nest application answers, without this route: /debug is off in production, or mounted elsewhere. */
  | 'off'
  /** The running application of the directory, which was found and not named, wants another token: the directory has the same traces. */
  | 'refused';

/** No server to ask: the directory may replace it. A refusal of a server of ours is another error. */
export class ServerProblem extends Error {
  constructor(
    readonly kind: ServerProblemKind,
    /** The base URL without its path where nothing listens, with it where something else does. */
    readonly where: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${where}: ${reason}`, options);
    this.name = 'ServerProblem';
  }

  /** The beginning of a sentence: `No server at http://localhost:8000`. */
  get headline(): string {
    if (this.kind === 'refused') return `${this.where} needs its token, ${this.reason}`;
    if (this.kind === 'unreachable') return `No server at ${this.where} (${this.reason})`;
    return `${this.where} ${this.reason}`;
  }
}

/** A self-signed certificate of development is trusted by name, never by a switch that trusts all. */
const UNTRUSTED = 'its certificate is not trusted; set NODE_EXTRA_CA_CERTS to the file of the certificate';

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'name lookup failed',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
};

/** The reason in a few words; it may be in a chain of causes, and is in an AggregateError for hosts of two addresses. */
export function connectionReason(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { code } = at as NodeJS.ErrnoException;
    if (code !== undefined && REASONS[code]) return REASONS[code];
    if (at instanceof AggregateError && at.errors.length > 0) return connectionReason(at.errors[0]);
    if (code?.startsWith('HPE_')) return 'what answers does not speak HTTP';
    if (at.cause === undefined) return code ?? at.message;
  }
  return String(error);
}
