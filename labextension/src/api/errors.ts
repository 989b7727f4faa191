/** What can go wrong when asking the server, with a message for a person. */

import { readersWords } from '../words';

export interface FieldProblem {
  field: string;
  message: string;
}

export class ApiError extends Error {
  readonly status: number;
  /** stable, snake_case: what programs switch on */
  readonly code: string;
  readonly details: Record<string, unknown>;
  /** when it makes sense to try again; null when the server did not say */
  readonly retryAfterSeconds: number | null;

  constructor(
    status: number,
    code: string,
    message: string,
    details: Record<string, unknown> = {},
    retryAfterSeconds: number | null = null
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.details = details;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Problems by field, for a form. */
  get fields(): FieldProblem[] {
    const { fields } = this.details;
    return Array.isArray(fields) ? (fields as FieldProblem[]) : [];
  }
}

/** The server could not be reached at all. */
export class OfflineError extends ApiError {
  constructor() {
    const words = readersWords();
    super(0, 'offline', words.__('The server cannot be reached. What you typed is kept; we keep trying.'));
    this.name = 'OfflineError';
  }
}

/** Read the contract's error shape; anything else becomes a plain sentence. */
export async function errorOf(response: Response): Promise<ApiError> {
  const retry = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  const retryAfter = Number.isNaN(retry) ? null : retry;
  const body: unknown = await response.json().catch(() => null);
  const problem = (body as { error?: { code?: string; message?: string; details?: object } } | null)?.error;
  if (problem?.code) {
    const details = (problem.details ?? {}) as Record<string, unknown>;
    return new ApiError(response.status, problem.code, problem.message ?? problem.code, details, retryAfter);
  }
  const words = readersWords();
  const text =
    response.status >= 500
      ? words.__('The server had a problem. Try again in a moment.')
      : words.__('That did not work.');
  return new ApiError(response.status, 'error', `${text} (${response.status})`, {}, retryAfter);
}

/** A sentence about anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
