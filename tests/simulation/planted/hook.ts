/** Loaded by `--import`: puts the bug that PLANTED names into the source while it is loaded. */
import { registerHooks } from 'node:module';
import { BUGS, planted } from './bugs.ts';

const ROOT = new URL('../../../', import.meta.url).href;
const bug = BUGS.find(({ name }) => name === process.env['PLANTED']);
if (!bug) throw new Error(`No bug is called ${process.env['PLANTED']}`);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const file = url.startsWith(ROOT) ? url.slice(ROOT.length) : '';
    if (!bug.patches.some((patch) => patch.file === file)) return loaded;
    return { ...loaded, source: planted(bug, file, String(Buffer.from(loaded.source as Uint8Array))) };
  },
});
