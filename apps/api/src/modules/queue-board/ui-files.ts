import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

/** The files of the board's page. Only names that stood in its folder when it was opened can be asked for. */
export class UiFiles {
  private constructor(private readonly paths: ReadonlyMap<string, string>) {}

  static async open(folder: string): Promise<UiFiles> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    return new UiFiles(new Map(files.map((file) => [path.relative(folder, file).split(path.sep).join('/'), file])));
  }

  /** By its name below the folder, `js/main.js`; undefined for none. */
  async read(name: string): Promise<{ type: string; content: Buffer } | undefined> {
    const file = this.paths.get(name);
    const type = TYPES[path.extname(name)];
    return file === undefined || type === undefined ? undefined : { type, content: await readFile(file) };
  }
}
