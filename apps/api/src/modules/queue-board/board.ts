import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { IServerAdapter, UIConfig } from '@bull-board/api/typings/app';
import type { Queue } from 'bullmq';
import { BOARD_PATH, escapeHtml } from './board-pages';
import { matchRoute } from './match-route';
import { UiFiles } from './ui-files';

type ApiRoutes = Parameters<IServerAdapter['setApiRoutes']>[0];
type BoardQueues = Parameters<IServerAdapter['setQueues']>[0];

const UI_CONFIG: UIConfig = {
  boardTitle: 'Queues of the ERP sync hub',
  hideDocsLink: true,
  miscLinks: [{ text: 'Sign out', url: `${BOARD_PATH}/sign-out` }],
};

/**
 * Bull Board without its servers: what it knows of reading, its page, and its files. It is loaded when somebody looks at it,
 * because most instances are never looked at. What would change a queue is left out, and its own switch is off, too.
 */
export class Board {
  private constructor(
    private readonly readRoutes: readonly (ApiRoutes[number] & { pattern: string })[],
    private readonly queues: BoardQueues,
    readonly files: UiFiles,
    readonly page: string,
  ) {}

  static async load(queues: readonly Queue[]): Promise<Board> {
    const { createBullBoard } = await import('@bull-board/api');
    const { BullMQAdapter } = await import('@bull-board/api/bullMQAdapter');
    const uiBasePath = path.dirname(createRequire(path.join(__dirname, 'board.js')).resolve('@bull-board/ui/package.json'));
    const taken = new TakenParts();
    createBullBoard({
      queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
      serverAdapter: taken,
      options: { uiBasePath, uiConfig: UI_CONFIG },
    });
    const routes = taken.routes
      .filter(({ method }) => method === 'get')
      .flatMap((route) => [route.route].flat().map((pattern) => ({ ...route, pattern })));
    const template = await readFile(path.join(uiBasePath, 'dist', 'index.ejs'), 'utf8');
    const files = await UiFiles.open(path.join(uiBasePath, 'dist', 'static'));
    return new Board(routes, taken.queues, files, fillIn(template, taken.pageParams()));
  }

  /** What the board says to a path below `/api`; undefined where it reads nothing. Waits for Redis as long as it takes. */
  ask(where: string, query: Record<string, string>): Promise<{ status: number; body: unknown }> | undefined {
    const found = matchRoute(this.readRoutes, where);
    return found && this.answer(found.route, found.params, query);
  }

  private async answer(route: ApiRoutes[number], params: Record<string, string>, query: Record<string, string>) {
    const request = { queues: this.queues, uiConfig: UI_CONFIG, params, query, body: {}, headers: {} };
    const { status = 200, body } = await route.handler(request);
    return { status, body };
  }
}

/** Takes what Bull Board would hand to a server. */
class TakenParts implements IServerAdapter {
  routes: ApiRoutes = [];
  queues: BoardQueues = new Map();
  pageParams: () => Record<string, string> = () => ({});
  private uiConfig: UIConfig = {};

  setQueues(queues: BoardQueues): this {
    this.queues = queues;
    return this;
  }
  setApiRoutes(routes: ApiRoutes): this {
    this.routes = routes;
    return this;
  }
  setUIConfig(config: UIConfig): this {
    this.uiConfig = config;
    return this;
  }
  setEntryRoute(route: Parameters<IServerAdapter['setEntryRoute']>[0]): this {
    this.pageParams = () => route.handler({ basePath: BOARD_PATH, uiConfig: this.uiConfig }).params;
    return this;
  }
  setViewsPath(): this {
    return this;
  }
  setStaticPath(): this {
    return this;
  }
  setErrorHandler(): this {
    return this;
  }
}

/** The page from its template. What it would load from elsewhere is left out: fonts of its own are no reason to tell others. */
export function fillIn(template: string, params: Record<string, string>): string {
  return template.replace(/<link[^>]*\shref="https?:[^>]*>\s*/g, '').replace(/<%([=-]) *(\w+) *%>/g, (_tag, kind: string, name: string) => {
    const value = params[name] ?? '';
    return kind === '=' ? escapeHtml(value) : value;
  });
}
