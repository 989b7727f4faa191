/** The one module that speaks HTTP with the server. */

import { readersWords } from '../words';
import type { User } from './contract';
import { ApiError, errorOf, OfflineError } from './errors';
import type { BodyArgument, Method, Query, Reply, TemplateOf } from './operations';
import { type Address, apiUrl, isAboutLogin, routes } from './routes';
import { readEvents } from './sse';

export interface HandlerOptions {
  /** where the server lives, with a trailing slash */
  baseUrl: string;
  fetch?: typeof fetch;
  /** the document's cookies */
  cookies?: () => string;
  /** the session is over for good: nothing but logging in helps */
  onSignedOut?: () => void;
  /** resolves when the learner logged in again: reading waits for that */
  signedInAgain?: () => Promise<void>;
}

export class NexusHandler {
  readonly baseUrl: string;
  private readonly _fetch: typeof fetch;
  private readonly _cookies: () => string;
  private readonly _onSignedOut: () => void;
  private readonly _signedInAgain: (() => Promise<void>) | null;
  private _refreshing: Promise<boolean> | null = null;

  constructor(options: HandlerOptions) {
    this.baseUrl = options.baseUrl;
    this._fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this._cookies = options.cookies ?? (() => document.cookie);
    this._onSignedOut = options.onSignedOut ?? (() => undefined);
    this._signedInAgain = options.signedInAgain ?? null;
  }

  get<T extends TemplateOf<'get'>>(address: Address<T>, query?: Query<T, 'get'>): Promise<Reply<T, 'get'>> {
    return this._request('get', address + queryString(query));
  }

  post<T extends TemplateOf<'post'>>(
    address: Address<T>,
    ...[body]: BodyArgument<T, 'post'>
  ): Promise<Reply<T, 'post'>> {
    return this._request('post', address, body ?? {});
  }

  /** Like `post`, where the answer is a file. */
  async postForFile<T extends TemplateOf<'post'>>(
    address: Address<T>,
    query?: Query<T, 'post'>
  ): Promise<Blob> {
    return (await this._answer('post', address + queryString(query), {}, '*/*')).blob();
  }

  put<T extends TemplateOf<'put'>>(
    address: Address<T>,
    ...[body]: BodyArgument<T, 'put'>
  ): Promise<Reply<T, 'put'>> {
    return this._request('put', address, body);
  }

  patch<T extends TemplateOf<'patch'>>(
    address: Address<T>,
    ...[body]: BodyArgument<T, 'patch'>
  ): Promise<Reply<T, 'patch'>> {
    return this._request('patch', address, body);
  }

  delete<T extends TemplateOf<'delete'>>(address: Address<T>): Promise<Reply<T, 'delete'>> {
    return this._request('delete', address);
  }

  /** Like `post`, but hand over the parts of the answer as they arrive; resolves with the whole. */
  async postStream<T extends TemplateOf<'post'>>(
    address: Address<T>,
    body: BodyArgument<T, 'post'>[0],
    onPart: (text: string) => void
  ): Promise<Reply<T, 'post'>> {
    const response = await this._answer('post', address, body, 'text/event-stream');
    if (!response.body || !response.headers.get('Content-Type')?.startsWith('text/event-stream')) {
      return (await response.json()) as Reply<T, 'post'>;
    }
    let whole: Reply<T, 'post'> | undefined;
    // read to the end: a stream that is left early counts as broken off in the browser's log
    for await (const { event, data } of readEvents(response.body)) {
      const value: unknown = JSON.parse(data);
      if (event === 'delta') {
        onPart((value as { text: string }).text);
      } else if (event === 'error') {
        const { code, message, details } = (value as { error: ApiError }).error;
        throw new ApiError(response.status, code, message, details);
      } else {
        whole = value as Reply<T, 'post'>;
      }
    }
    if (whole !== undefined) {
      return whole;
    }
    throw new ApiError(response.status, 'broken_off', readersWords().__('The answer broke off. Try again.'));
  }

  /** Who is logged in now, whoever that is; null for nobody. Neither waits nor renews anything. */
  async whoAmI(): Promise<User | null> {
    const response = await fetch(this.url(routes.me), { credentials: 'same-origin', cache: 'no-store' });
    return response.ok ? ((await response.json()) as User) : null;
  }

  /** Absolute address below the API's prefix. */
  url(path: string): string {
    return apiUrl(this.baseUrl, path);
  }

  /** Where the event socket listens; `after` is the cursor of what was heard last. */
  eventsUrl(after: string | null): string {
    const query = after === null ? '' : `?after=${encodeURIComponent(after)}`;
    return this.url(routes.events).replace(/^http/, 'ws') + query;
  }

  /** Trade the refresh cookie for a new access cookie; false when the session is over. Asked twice, sent once. */
  refresh(): Promise<boolean> {
    this._refreshing ??= this._send('post', routes.refresh, {})
      .then(response => {
        if (response.status === 401) {
          this._onSignedOut();
        }
        return response.ok;
      })
      .finally(() => {
        this._refreshing = null;
      });
    return this._refreshing;
  }

  private async _request<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const response = await this._answer(method, path, body);
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** The good answer to a request, after one renewal of an ended login; anything else is thrown. */
  private async _answer(method: Method, path: string, body?: unknown, accept?: string): Promise<Response> {
    let response = await this._send(method, path, body, accept);
    if (response.status === 401 && !isAboutLogin(path)) {
      if (!(await this.refresh())) {
        if (method !== 'get' || !this._signedInAgain) {
          throw await errorOf(response);
        }
        await this._signedInAgain();
      }
      response = await this._send(method, path, body, accept);
    }
    if (!response.ok) {
      throw await errorOf(response);
    }
    return response;
  }

  private async _send(
    method: Method,
    path: string,
    body?: unknown,
    accept = 'application/json'
  ): Promise<Response> {
    const headers: Record<string, string> = { Accept: accept };
    if (method !== 'get') {
      headers['X-XSRFToken'] = cookieNamed('_xsrf', this._cookies()) ?? '';
    }
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
    }
    try {
      return await this._fetch(this.url(path), {
        method: method.toUpperCase(),
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: 'same-origin',
        cache: 'no-store'
      });
    } catch (error) {
      if (error instanceof ApiError) {
        throw error;
      }
      throw new OfflineError();
    }
  }
}

/** `?a=1&b=x`, leaving out what is null or undefined; empty when nothing is left. */
export function queryString(query: object = {}): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return parts.length ? `?${parts.join('&')}` : '';
}

/** Find a cookie's value in a `document.cookie` string. */
export function cookieNamed(name: string, cookies: string): string | null {
  for (const pair of cookies.split(';')) {
    const [key, ...rest] = pair.trim().split('=');
    if (key === name) {
      return decodeURIComponent(rest.join('='));
    }
  }
  return null;
}
