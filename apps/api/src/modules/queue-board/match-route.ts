/** A route of the board by its pattern: `/api/queues/:queueName/workers`. */
export interface PatternRoute {
  pattern: string;
}

/**
 * The route that a path is for, and what its parameters are; undefined for none. Of two that fit, the one with fewer parameters:
 * what is spelled out is meant.
 */
export function matchRoute<R extends PatternRoute>(
  routes: readonly R[],
  path: string,
): { route: R; params: Record<string, string> } | undefined {
  const segments = path.split('/');
  const fitting = routes.flatMap((route) => {
    const params = paramsOf(route.pattern.split('/'), segments);
    return params === undefined ? [] : [{ route, params }];
  });
  return fitting.sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length)[0];
}

function paramsOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of pattern.entries()) {
    const segment = segments[i] ?? '';
    if (part.startsWith(':') && segment !== '') params[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}
