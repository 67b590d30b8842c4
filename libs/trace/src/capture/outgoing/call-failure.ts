import { errorMessage, errorName, isError, ownData } from '../../serialize/serializer.js';

/** Why a call failed. */
export interface CallFailure {
  /** The provider's code, the HTTP status, or a code of Node such as `ECONNRESET`. */
  code: string;
  message?: string;
}

/** The failure that a broken connection, a timeout or an error of the client is. */
export function transportFailure(error: unknown): CallFailure {
  const code = codeOf(error) ?? codeOf(isError(error) ? ownData(error, 'cause') : undefined);
  const message = isError(error) ? errorMessage(error) : error;
  return {
    code: code ?? (isError(error) ? errorName(error) : 'Error'),
    ...(typeof message === 'string' && message !== '' && { message }),
  };
}

function codeOf(error: unknown): string | undefined {
  const code = isError(error) ? ownData(error, 'code') : undefined;
  return typeof code === 'string' && code !== '' ? code : undefined;
}
