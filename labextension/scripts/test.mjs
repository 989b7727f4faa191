// Bundles each test file and runs it with Node's own test runner.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const names = readdirSync('test', { recursive: true }).filter(
  name => name.endsWith('.test.ts') || name.endsWith('.test.tsx')
);
const outdir = mkdtempSync(join('node_modules', '.tests-'));
try {
  await build({
    entryPoints: names.map(name => join('test', name)),
    outbase: 'test',
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    jsx: 'automatic',
    sourcemap: 'inline'
  });
  const files = readdirSync(outdir, { recursive: true })
    .filter(name => name.endsWith('.mjs'))
    .map(name => join(outdir, name));
  const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...files], { stdio: 'inherit' });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
