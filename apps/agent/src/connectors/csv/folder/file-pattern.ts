/** Whether a name fits a pattern with `*` and `?`. Upper and lower case are one: what Windows shows as one file is one. */
export function filePattern(pattern: string): (name: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const form = new RegExp(`^${source}$`, 'is');
  return (name) => form.test(name);
}
