// Bundles the learner's application into nexus_server/static/learn/: one file per page, with its hash in its name,
// compressed once; fails when a part outgrows its budget.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';
import { defined, fromPackages, namedParts, oneCopy, themes } from './bundling.mjs';

const outdir = '../nexus_server/static/learn';
const shared = {
  outdir,
  bundle: true,
  minify: true,
  metafile: true,
  target: 'es2022',
  legalComments: 'none',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  logLevel: 'warning'
};

// kilobytes in brotli: what a learner waits for
const BUDGETS = { home: 105, lab: 600, words: 30 };
// what is compiled of nexus_server/locale/ by scripts/catalogs.py
const LOCALES = { de: 'de_DE', es: 'es_ES' };

rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });

writeFileSync(join(outdir, 'themes.css'), themes());
const styles = await build({
  ...shared,
  entryPoints: {
    learn: 'style/learn.css',
    notebook: 'style/notebook.css',
    map: 'style/map.css',
    themes: join(outdir, 'themes.css')
  },
  loader: { '.svg': 'dataurl', '.woff': 'file' },
  plugins: [fromPackages()]
});
rmSync(join(outdir, 'themes.css'));
const styleOf = name => basename(outputOf(styles, name));

const scripts = await build({
  ...shared,
  entryPoints: { learn: 'src/learn/main.tsx' },
  splitting: true,
  format: 'esm',
  jsx: 'automatic',
  define: {
    ...defined,
    NOTEBOOK_STYLE: JSON.stringify(styleOf('style/notebook.css')),
    MAP_STYLE: JSON.stringify(styleOf('style/map.css'))
  },
  loader: { '.svg': 'text' },
  plugins: [oneCopy(), namedParts()]
});

const entry = outputOf(scripts, 'src/learn/main.tsx');
const lab = outputOf(scripts, 'src/learn/LabPage.tsx');
const always = reached([entry]);
const manifest = {
  script: basename(entry),
  styles: [styleOf('themes.css'), styleOf('style/learn.css')],
  preload: always.slice(1).map(path => basename(path)),
  // what the start page needs besides; other pages ask for theirs when they are opened
  home: reached([outputOf(scripts, 'src/components/HomePage.tsx')])
    .filter(path => !always.includes(path))
    .map(path => basename(path))
};
writeFileSync(join(outdir, 'manifest.json'), JSON.stringify(manifest));
const words = catalogs();
writeFileSync(join(outdir, 'words.json'), JSON.stringify(words));
const sizes = compressAll();
const home = [
  ...reached([entry, outputOf(scripts, 'src/components/HomePage.tsx')]).map(path => basename(path)),
  ...manifest.styles
];
check('home', home);
for (const name of Object.values(words)) {
  check('words', [name]);
}
check('lab', [
  ...new Set([...home, ...reached([lab]).map(path => basename(path)), styleOf('style/notebook.css')])
]);

function outputOf(result, source) {
  const found = Object.entries(result.metafile.outputs).find(
    ([path, { entryPoint }]) => entryPoint?.endsWith(source) && !path.endsWith('.map')
  );
  if (!found) {
    throw new Error(`Nothing was built from ${source}.`);
  }
  return found[0];
}

/** What is loaded with these files: themselves and their static imports. */
function reached(paths) {
  const all = new Set(paths);
  for (const path of all) {
    for (const { path: next, kind } of scripts.metafile.outputs[path].imports) {
      if (kind === 'import-statement') {
        all.add(next);
      }
    }
  }
  return [...all];
}

/** The pages' words in each language, with a hash of them in the name: fetched by who reads that language. */
function catalogs() {
  const names = {};
  for (const [language, locale] of Object.entries(LOCALES)) {
    const words = readFileSync(`../nexus_server/locale/${locale}/LC_MESSAGES/nexusai.json`);
    const hash = createHash('sha256').update(words).digest('hex').slice(0, 8);
    names[language] = `words-${language}-${hash}.json`;
    writeFileSync(join(outdir, names[language]), words);
  }
  return names;
}

function compressAll() {
  const sizes = new Map();
  for (const name of readdirSync(outdir).filter(one => /\.(js|css)$|^words-.*\.json$/.test(one))) {
    const data = readFileSync(join(outdir, name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length };
    const small = brotliCompressSync(data, { params });
    writeFileSync(join(outdir, `${name}.br`), small);
    sizes.set(name, small.length);
  }
  return sizes;
}

function check(name, files) {
  const kilobytes = Math.round(files.reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0) / 1024);
  console.log(`${name}: ${kilobytes} kB in brotli, ${BUDGETS[name]} allowed`);
  if (kilobytes > BUDGETS[name]) {
    console.error(`${name} is larger than its budget.`);
    process.exitCode = 1;
  }
}
