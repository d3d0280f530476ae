/** A code without what people write differently: case, accents, spaces and punctuation. */
export function foldCode(code: string): string {
  return code
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}

/**
 * How far apart two folded codes are, when that is near enough to be a slip of the pen: one edit, two from six characters
 * on. Digits that differ cost one more, since they mean something: TVA10 is no misspelling of TVA20. Undefined when not near.
 */
export function nearness(left: string, right: string): number | undefined {
  const longer = Math.max(left.length, right.length);
  const most = longer < 3 ? 0 : longer < 6 ? 1 : 2;
  if (Math.abs(left.length - right.length) > most) return undefined;
  const digits = digitsOf(left) === digitsOf(right) || digitsOf(left) === '' || digitsOf(right) === '' ? 0 : 1;
  const distance = editDistance(left, right) + digits;
  return distance <= most ? distance : undefined;
}

function digitsOf(code: string): string {
  return code.replace(/\D/g, '');
}

/** Levenshtein's distance, in one row. */
function editDistance(left: string, right: string): number {
  const row = Array.from({ length: right.length + 1 }, (_, i) => i);
  for (let i = 1; i <= left.length; i++) {
    let diagonal = row[0] ?? 0;
    row[0] = i;
    for (let j = 1; j <= right.length; j++) {
      const above = row[j] ?? 0;
      const replaced = diagonal + (left[i - 1] === right[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, above + 1, (row[j - 1] ?? 0) + 1);
      diagonal = above;
    }
  }
  return row[right.length] ?? 0;
}
