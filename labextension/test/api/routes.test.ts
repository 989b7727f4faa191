import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { apiUrl, isContentsUrl, isOwnPage, loginUrl, pageUrl, routes } from '../../src/api/routes';

/** Modules that know addresses: the routes, and what is made from the API's document. */
const KNOWING = ['api/routes.ts', 'api/operations.ts', 'api/schema.ts'];
/** `/me`, `/nodes/{id}`, `nexus/login`, `…/api/v1/…`: what only an address looks like */
const ADDRESS = /^\/[a-z]|\bnexus\/|\bapi\/v\d|\/api\//;

/** The texts in a module that look like an address; names of imported modules are none. */
function addressesIn(name: string, code: string): string[] {
  const source = ts.createSourceFile(name, code, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      return;
    }
    const isText =
      ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    if (isText && ADDRESS.test(node.text)) {
      found.push(node.text);
    } else if (
      ts.isRegularExpressionLiteral(node) &&
      ADDRESS.test(node.text.replaceAll('\\/', '/').slice(1))
    ) {
      found.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('no module but the routes spells an address', () => {
  const names = readdirSync('src', { recursive: true }).map(String);
  const modules = names.filter(name => /\.tsx?$/.test(name) && !KNOWING.includes(name));
  assert.ok(modules.length > 100);
  const found = modules.flatMap(name =>
    addressesIn(name, readFileSync(join('src', name), 'utf8')).map(text => `${name}: ${text}`)
  );
  assert.deepEqual(found, []);
});

test('an address in a component would be seen, in every way to write one', () => {
  const code = [
    "import x from './nexus/y';",
    "api.get('/me');",
    'api.get(`/nodes/$' + '{id}`);',
    'const login = base + "nexus/login";',
    '<a href="/nexus/api/v1/me/export" />;',
    'url.match(/\\/api\\/contents\\//);',
    "const harmless = 'and/or';"
  ].join('\n');
  assert.deepEqual(addressesIn('x.tsx', code), [
    '/me',
    '/nodes/',
    'nexus/login',
    '/nexus/api/v1/me/export',
    '/\\/api\\/contents\\//'
  ]);
});

test('fills in what an address names, and nothing in it leads elsewhere', () => {
  assert.equal(routes.roadmap('../admin?x'), '/roadmaps/..%2Fadmin%3Fx');
  assert.equal(apiUrl('http://host/base/', routes.me), 'http://host/base/nexus/api/v1/me');
});

test('knows the pages outside of JupyterLab', () => {
  assert.equal(pageUrl('/base/', 'register', '?next=/lab'), '/base/nexus/register?next=/lab');
  assert.equal(loginUrl('/', '/lab?a=b&c'), '/nexus/login?next=%2Flab%3Fa%3Db%26c');
  assert.ok(isOwnPage('/base/', '/base/nexus/login'));
  assert.ok(!isOwnPage('/base/', '/base/lab'));
});

test('knows a file of Jupyter’s contents from the rest', () => {
  assert.ok(isContentsUrl('http://host/api/contents/a.ipynb?type=file'));
  assert.ok(!isContentsUrl('http://host/api/sessions'));
});
