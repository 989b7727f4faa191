// Bundles the stand-alone pages (login, register, ...) into nexus_server/static/.
import { context } from 'esbuild';

const bundle = await context({
  entryPoints: { pages: 'src/pages/main.tsx' },
  outdir: '../nexus_server/static',
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

if (process.argv.includes('--watch')) {
  await bundle.watch();
} else {
  await bundle.rebuild();
  await bundle.dispose();
}
