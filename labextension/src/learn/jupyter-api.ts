/** Jupyter Server's own API, for the little that is needed before its client is loaded. */

import { errorOf } from '../api/errors';
import { cookieNamed } from '../api/handler';

export class JupyterApi {
  constructor(
    private readonly _baseUrl: string,
    private readonly _fetch: typeof fetch
  ) {}

  get<T>(path: string): Promise<T> {
    return this._ask('GET', path);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this._ask('POST', path, body);
  }

  put(path: string, body: unknown): Promise<void> {
    return this._ask('PUT', path, body);
  }

  private async _ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this._fetch(this._baseUrl + path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        'X-XSRFToken': cookieNamed('_xsrf', document.cookie) ?? ''
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store'
    });
    if (!response.ok) {
      throw await errorOf(response);
    }
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }
}
