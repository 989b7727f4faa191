// What bundling JupyterLab's packages with esbuild takes.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** What the packages read while they are bundled. */
export const defined = {
  'process.env.NODE_ENV': '"production"',
  'process.env': '{}',
  // MathJax takes both for granted
  global: 'globalThis',
  __dirname: '"/"'
};

/** Both themes of JupyterLab in one file, told apart by an attribute of the document. */
export function themes() {
  return ['light', 'dark']
    .map(name => {
      const file = `node_modules/@jupyterlab/theme-${name}-extension/style/variables.css`;
      return readFileSync(file, 'utf8').replace(/^:root/gm, `:root[data-nx-theme="${name}"]`);
    })
    .join('\n');
}

/** JupyterLab's styles name files of packages with a tilde, as webpack reads it. */
export function fromPackages() {
  const here = resolve('.');
  return {
    name: 'from-packages',
    setup(bundle) {
      bundle.onResolve({ filter: /^~/ }, ({ path, kind }) =>
        bundle.resolve(path.slice(1), { kind, resolveDir: here })
      );
    }
  };
}

/** Packages of JupyterLab bring others of other versions along; two copies of one would not know each other's objects. */
export function oneCopy() {
  const here = resolve('.');
  return {
    name: 'one-copy',
    setup(bundle) {
      bundle.onResolve(
        { filter: /^@(jupyterlab|lumino|jupyter|codemirror|lezer)\/|^(react|react-dom|yjs)($|\/)/ },
        args =>
          args.resolveDir === here
            ? null
            : bundle.resolve(args.path, { kind: args.kind, resolveDir: here, importer: args.importer })
      );
    }
  };
}

/** A CommonJS module that is imported later gives its names only through `default`: MathJax is one, and is asked for them. */
export function namedParts() {
  return {
    name: 'named-parts',
    setup(bundle) {
      bundle.onLoad({ filter: /mathjax-extension\/lib\/index\.js$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replace(
          /\bimport\(('mathjax-full\/[^']+')\)/g,
          'import($1).then(module => module.default)'
        )
      }));
    }
  };
}
