/** What each operation of the API takes and gives, read off the types that are made from its document. */

import type { paths } from './schema';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Where the API lives, below the server's base address. */
export const API_PREFIX = 'nexus/api/v1';

type Below<Path> = Path extends `/${typeof API_PREFIX}${infer Template}` ? Template : never;

/** A path of the document below the prefix, with `{names}` in it. */
export type Template = Below<keyof paths>;

type PathItem<T extends Template> = paths[`/${typeof API_PREFIX}${T}` & keyof paths];

/** An operation as the document describes it. */
type Operation<T extends Template, M extends Method> = NonNullable<PathItem<T>[M]>;

/** The templates that have an operation of this method. */
export type TemplateOf<M extends Method> = {
  [T in Template]: [Operation<T, M>] extends [never] ? never : T;
}[Template];

/** The names in a template. */
export type Names<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

type Json<Content> = Content extends { 'application/json': infer Value } ? Value : undefined;
type Content<Answer> = Answer extends { content: infer Found } ? Json<Found> : undefined;
type Success<Responses> = { [S in keyof Responses & (200 | 201 | 202 | 204)]: Content<Responses[S]> };

/** The JSON of a good reply; undefined for an empty one. */
export type Reply<T extends Template, M extends Method> =
  Operation<T, M> extends { responses: infer Responses }
    ? Success<Responses>[keyof Success<Responses>]
    : undefined;

/** What an operation may be asked with, after the `?`. */
export type Query<T extends Template, M extends Method> =
  Operation<T, M> extends { parameters: { query?: infer Parameters } }
    ? { [Name in keyof Parameters]?: Parameters[Name] | null }
    : never;

/** The body of a request as an argument: needed, possible, or none. */
export type BodyArgument<T extends Template, M extends Method> =
  Operation<T, M> extends { requestBody: { content: { 'application/json': infer Body } } }
    ? [body: Body]
    : Operation<T, M> extends { requestBody?: { content: { 'application/json': infer Body } } }
      ? [body?: Body]
      : [];
