import { z } from 'zod';
import { ERROR_CODE_LIST } from './error-codes';

/** One fault of the request: `path` as in `lines[2].sku`, and what is wrong there. */
export const FieldProblem = z.strictObject({ path: z.string(), message: z.string() });
export type FieldProblem = z.infer<typeof FieldProblem>;

/** The body of every error reply: RFC 9457 problem details with the hub's code and the correlation id. */
export const Problem = z
  .strictObject({
    type: z.string().meta({ description: 'A URI that names the kind of problem' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(ERROR_CODE_LIST),
    detail: z.string(),
    correlationId: z.string(),
    errors: z.array(FieldProblem).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

/** The media type of {@link Problem}. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** `['lines', 2, 'sku']` as `lines[2].sku`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text;
}

/** What zod found, as the `errors` of a {@link Problem}; an unknown property is named by its own path. */
export function fieldProblems(error: z.ZodError, most = 20): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, most)) problems.push({ path: formatPath([...issue.path, key]), message: 'unknown property' });
    } else {
      problems.push({ path: formatPath(issue.path), message: issue.message });
    }
    if (problems.length >= most) break;
  }
  return problems.slice(0, most);
}
