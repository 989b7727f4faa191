// Bundles the gallery of components into nexus_server/static/gallery/: for development, and for pictures to compare.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { defined, fromPackages, namedParts, oneCopy, themes } from './bundling.mjs';

const outdir = '../nexus_server/static/gallery';
const shared = { outdir, bundle: true, target: 'es2022', legalComments: 'none', logLevel: 'warning' };

rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });

writeFileSync(join(outdir, 'themes.css'), themes());
await build({
  ...shared,
  entryPoints: { gallery: 'style/gallery.css', themes: join(outdir, 'themes.css') },
  allowOverwrite: true,
  loader: { '.svg': 'dataurl', '.woff': 'dataurl' },
  plugins: [fromPackages()]
});
await build({
  ...shared,
  entryPoints: { gallery: 'src/gallery/main.tsx' },
  splitting: true,
  format: 'esm',
  jsx: 'automatic',
  define: { ...defined, NOTEBOOK_STYLE: '""', MAP_STYLE: '""' },
  loader: { '.svg': 'text' },
  plugins: [oneCopy(), namedParts()]
});
writeFileSync(
  join(outdir, 'index.html'),
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gallery · NexusAI</title>
<link rel="stylesheet" href="themes.css">
<link rel="stylesheet" href="gallery.css">
<script type="module" src="gallery.js"></script>
</head>
<body>
<div id="nexus-gallery"></div>
</body>
</html>
`
);
