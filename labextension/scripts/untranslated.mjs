// Finds what a component shows to people without asking the reader's catalog: text between tags, in attributes that are
// read or read aloud, and texts that a catalog cannot know because they are put together first.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const METHODS = new Set(['__', '_n', '_p', '_np']);
const ATTRIBUTES = new Set(['alt', 'aria-label', 'hint', 'intro', 'label', 'placeholder', 'submit', 'title']);
/** the same in every language: names, units, keys, and values as they are typed */
const EVERYWHERE = new Set(['c.', 'N', 'NexusAI', 'python.loops.range', 'U', 'user.role', 'XP', '· NexusAI']);

const found = [];
for (const name of readdirSync('src', { recursive: true }).filter(isForPeople)) {
  const path = join('src', name);
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  look(file, file);
}
if (found.length > 0) {
  console.error(found.join('\n'));
  console.error("What to do: say it by `trans.__('…')`, and run `make locale`.");
  process.exitCode = 1;
}

/** Whether a file may say something to people; the gallery is for developers. */
function isForPeople(name) {
  return name.endsWith('.tsx') && !name.startsWith('gallery');
}

function look(node, file) {
  const text = shownBy(node);
  if (text !== null && /\p{L}/u.test(text) && !EVERYWHERE.has(text)) {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${file.fileName}:${line + 1}: ${text}`);
  }
  ts.forEachChild(node, child => look(child, file));
}

/** What a node shows without asking a catalog; null for nothing. */
function shownBy(node) {
  if (ts.isJsxText(node)) {
    return node.text.trim();
  }
  if (ts.isJsxAttribute(node) && ATTRIBUTES.has(node.name.getText())) {
    return node.initializer && ts.isStringLiteral(node.initializer) ? node.initializer.text : null;
  }
  if (ts.isJsxExpression(node) && node.expression && isShown(node)) {
    return literalsOf(node.expression).find(text => /\p{L}{2}/u.test(text)) ?? null;
  }
  if (ts.isCallExpression(node) && METHODS.has(node.expression.name?.text) && node.arguments.length > 0) {
    return ts.isStringLiteralLike(node.arguments[0]) ? null : node.arguments[0].getText();
  }
  return null;
}

/** Whether what stands in the braces is shown: it is a child, or the value of such an attribute. */
function isShown({ parent }) {
  return !ts.isJsxAttribute(parent) || ATTRIBUTES.has(parent.name.getText());
}

/** The literals that an expression may come to. */
function literalsOf(node) {
  if (ts.isStringLiteralLike(node)) {
    return [node.text];
  }
  if (ts.isConditionalExpression(node)) {
    return [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)];
  }
  if (ts.isBinaryExpression(node)) {
    const isJoined = node.operatorToken.kind === ts.SyntaxKind.PlusToken;
    return [...(isJoined ? literalsOf(node.left) : []), ...literalsOf(node.right)];
  }
  if (ts.isTemplateExpression(node)) {
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  }
  return ts.isParenthesizedExpression(node) ? literalsOf(node.expression) : [];
}
