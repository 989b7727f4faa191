// Bundles the stand-alone pages (login, register, ...) into nexus_server/static/.
import { cpSync, mkdirSync } from 'node:fs';
import { context } from 'esbuild';

const outdir = '../nexus_server/static';

const bundle = await context({
  entryPoints: { pages: 'src/pages/main.tsx' },
  outdir,
  bundle: true,
  minify: true,
  sourcemap: false,
  format: 'iife',
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.svg': 'text' },
  legalComments: 'none'
});

mkdirSync(outdir, { recursive: true });
cpSync('style/favicon.svg', `${outdir}/favicon.svg`);

if (process.argv.includes('--watch')) {
  await bundle.watch();
} else {
  await bundle.rebuild();
  await bundle.dispose();
}
